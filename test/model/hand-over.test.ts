// Any history of one stack whose keys are imported, adopted, handed over, rotated in emergencies and judged by wrong clocks, while an API differs from its documentation.
import fc from "fast-check";

import type { Quirks } from "../../src/emulator";
import { resources } from "../support/engine-resources";
import { testAll } from "../support/rare";
import { publicKey } from "../support/public-key";
import { idsOf, StoryStack } from "../support/story-stack";
import type { CommandOptions } from "../support/story-stack";
import { StoryAccount } from "../support/story-account";
import { FATES } from "./network";

const HISTORIES = Number(process.env.MODEL_HISTORIES ?? (testAll ? 500 : 100));
const SEED = process.env.MODEL_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.MODEL_SEED);
const HOUR = 3_600_000;

type Step = (history: History) => Promise<unknown>;

class History {
  readonly stack: StoryStack;
  readonly foreign: string[] = [];
  private readonly imported: { id: string; key: string };
  at = { imported: "a", adopted: "a", created: "a" };
  settings = { trigger: 0, keyTrigger: 0, overlapDays: 7, ignores: false };

  constructor(readonly account: StoryAccount) {
    this.stack = new StoryStack(account);
    const { account: control } = account.emulator;
    const { id, key } = control.addApiKey({ service: "database", description: "by hand" });
    this.imported = { id, key };
    // Somebody else's: with the same description, older and of another kind.
    this.foreign.push(
      control.addApiKey({ service: "database", description: "by hand" }).id,
      control.addApiKey({ scopes: ["a:read"], description: "pulumi test/dev/rot #0000000" }).id,
      control.addSshKey({ name: "laptop", publicKey: publicKey("adopted") }).id,
    );
    this.declare();
  }

  /** Once it is revoked, `existing` is refused, and the message says to remove it. */
  private isImportable(): boolean {
    return this.account.live.includes(this.imported.id);
  }

  declare(): void {
    const { stack, at, settings } = this;
    stack.program.clear();
    stack.declare(
      `imported-${at.imported}`,
      resources.ServiceKey,
      {
        service: "database",
        description: "by hand",
        ...(this.isImportable() && { existing: { ...this.imported } }),
        ...(settings.keyTrigger > 0 && { rotationTriggers: { n: settings.keyTrigger } }),
      },
      settings.ignores ? { ignoreChanges: ["existing"] } : {},
    );
    for (const kind of ["adopted", "created"] as const) {
      stack.declare(`${kind}-${at[kind]}`, resources.SshKey, {
        publicKey: publicKey(kind),
        name: `${kind}-\${hex(7)}`,
        adoptExisting: true,
      });
    }
    for (const [name, type, spec] of [
      ["rot", resources.RotatingServiceKey, { service: "dns" }],
      ["rotci", resources.RotatingPersonalAccessToken, { scopes: ["dns:read"] }],
    ] as const) {
      stack.declare(name, type, {
        ...spec,
        description: `pulumi test/dev/${name}`,
        rotateEveryDays: 30,
        overlapDays: settings.overlapDays,
        rotationTriggers: { n: settings.trigger },
        __owner: "",
      });
    }
  }

  /** What must hold whenever nothing is under way. */
  async expectSound(): Promise<void> {
    const { account, stack } = this;
    account.timing.elapsed += 10_000;
    await account.timing.settle(true);
    const live = new Set(account.live);
    const wrong = this.foreign.filter((id) => !live.has(id)).map((id) => `foreign ${id} was touched`);
    for (const held of stack.state.values()) {
      const id = idsOf(held).at(0);
      if (id !== undefined && !live.has(id) && !stack.condemned.has(id))
        wrong.push(`${held.name}: ${id} is gone`);
    }
    for (const name of ["rot", "rotci"]) {
      const ours = account.emulator.account
        .liveApiKeys()
        .filter(
          ({ id, description }) => description?.includes(`test/dev/${name} `) && !this.foreign.includes(id),
        );
      if (ours.length > 2 && stack.pending.length === 0) wrong.push(`${name}: ${ours.length} live keys`);
    }
    expect(wrong).toEqual([]);
  }

  /** With right clocks and without trouble everything heals. */
  async heal(): Promise<void> {
    const { account, stack } = this;
    account.timing.error = 0;
    for (const { inputs } of stack.pending) {
      for (const { id, description, ...key } of [
        ...account.emulator.account.liveApiKeys(),
        ...account.emulator.account.sshKeys().map((each) => ({ ...each, description: each.name })),
      ]) {
        const isIts =
          description === (inputs.description ?? inputs.name) ||
          description?.startsWith(`${String(inputs.description)} #`);
        if (isIts === true && !stack.ids.includes(id) && !this.foreign.includes(id) && key)
          account.emulator.account.remove(id);
      }
    }
    stack.pending = [];
    this.declare();
    for (let run = 0; run < 3; run += 1) {
      await stack.refresh();
      await stack.up();
      expect(stack.errors).toEqual([]);
    }
    const [adopted] = this.foreign.slice(-1);
    const expected = new Set([...stack.ids, ...this.foreign]);
    const told = (id: string): boolean => this.said.includes(id);
    expect(account.live.filter((id) => !expected.has(id) && !told(id))).toEqual([]);
    expect(stack.ids.filter((id) => !account.live.includes(id))).toEqual([]);
    expect(stack.ids).toContain(adopted);
    // Adopted keys stay, even one of ours that the program handed over by `adoptExisting`.
    const stays = [...stack.state.values()].filter(({ outputs }) => outputs.adopted === true).flatMap(idsOf);
    await stack.destroy();
    expect(stack.errors).toEqual([]);
    expect(
      account.live.filter((id) => !told(id) && !stays.includes(id) && !this.foreign.includes(id)),
    ).toEqual([]);
    expect([...this.foreign, ...stays].filter((id) => !account.live.includes(id))).toEqual([]);
  }

  said = "";
}

const trouble = fc.record({
  method: fc.constantFrom("POST" as const, "GET" as const, "DELETE" as const),
  nth: fc.integer({ min: 1, max: 4 }),
  times: fc.constantFrom(1, 2, 4, 40),
  fate: fc.constantFrom(...FATES),
  late: fc.double({ min: 0, max: 5.9, noNaN: true }),
});
const options: fc.Arbitrary<CommandOptions> = fc.record(
  {
    troubles: fc.array(trouble, { maxLength: 2 }),
    kill: fc.record({ nth: fc.integer({ min: 1, max: 8 }), arrived: fc.boolean() }),
    fails: fc.boolean(),
    refresh: fc.boolean(),
  },
  { requiredKeys: [] },
);
const name = fc.constantFrom("a", "b", "c");
const QUIRKS: Quirks[] = [
  {},
  { listsRevokedKeys: true },
  { listLag: 1_500 },
  { tokenService: "account" },
  { descriptions: "trimmed" },
  { descriptions: "lower-case" },
];

const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  {
    weight: 5,
    arbitrary: options.map((how): [string, Step] => [
      `up ${JSON.stringify(how)}`,
      ({ stack }) => stack.up(how),
    ]),
  },
  options.map((how): [string, Step] => [`refresh ${JSON.stringify(how)}`, ({ stack }) => stack.refresh(how)]),
  fc
    .tuple(fc.constantFrom("imported" as const, "adopted" as const, "created" as const), name, options)
    .map(([what, to, how]): [string, Step] => [
      `rename ${what} to ${to}, up ${JSON.stringify(how)}`,
      async (history) => {
        history.at[what] = to;
        history.declare();
        await history.stack.up(how);
      },
    ]),
  // Not the old name of what was renamed: then the engine shows that one alone, which the docs warn of.
  fc
    .constantFrom("rot" as const, "imported" as const, "created" as const)
    .map((what): [string, Step] => [
      `up --target ${what}`,
      ({ stack, at }) => stack.up({ target: what === "rot" ? what : `${what}-${at[what]}` }),
    ]),
  name.map((to): [string, Step] => [
    `up --replace imported-${to}`,
    ({ stack }) => stack.up({ replace: `imported-${to}` }),
  ]),
  fc.constantFrom("trigger" as const, "keyTrigger" as const).map((which): [string, Step] => [
    which,
    async (history) => {
      history.settings[which] += 1;
      history.declare();
    },
  ]),
  fc.boolean().map((ignores): [string, Step] => [
    `ignoreChanges of existing: ${ignores}`,
    async (history) => {
      history.settings.ignores = ignores;
      history.declare();
    },
  ]),
  fc.constantFrom(0, 3, 7, 14).map((overlapDays): [string, Step] => [
    `overlapDays ${overlapDays}`,
    async (history) => {
      history.settings.overlapDays = overlapDays;
      history.declare();
    },
  ]),
  fc
    .integer({ min: 1, max: 40 })
    .map((days): [string, Step] => [`days ${days}`, async ({ account }) => account.pass(days)]),
  fc
    .constantFrom(0, HOUR, -HOUR, 365 * 24 * HOUR, -365 * 24 * HOUR)
    .map((error): [string, Step] => [
      `clock ${error}`,
      async ({ account }) => void (account.timing.error = error),
    ]),
  fc.constantFrom(...QUIRKS).map((quirks): [string, Step] => [
    `quirks ${JSON.stringify(quirks)}`,
    async ({ account }) => {
      const none: Quirks = {
        listsRevokedKeys: false,
        listLag: 0,
        tokenService: undefined,
        descriptions: undefined,
      };
      Object.assign(account.emulator.quirks, none, quirks);
    },
  ]),
);

async function live(steps: [string, Step][]): Promise<void> {
  const account = await StoryAccount.open();
  try {
    const history = new History(account);
    await history.stack.up();
    for (const [, work] of steps) {
      await work(history);
      history.said += history.stack.printed + history.stack.errors.join();
      await history.expectSound();
    }
    await history.heal();
  } finally {
    await account.emulator.close();
  }
}

test(`any history of hand-overs, rotations and clocks keeps what the state calls live (seed ${SEED}, ${HISTORIES} of them)`, () =>
  fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), live), {
    seed: SEED,
    numRuns: HISTORIES,
  }));
