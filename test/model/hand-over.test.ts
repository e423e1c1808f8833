// Any history of one stack whose keys are imported, adopted, handed over, rotated in emergencies and judged by wrong clocks, while an API differs from its documentation.
import fc from "fast-check";

import type { Quirks } from "../../src/emulator";
import { resources } from "../support/engine-resources";
import { publicKey } from "../support/public-key";
import { idsOf, StoryStack } from "../support/story-stack";
import type { CommandOptions } from "../support/story-stack";
import { StoryAccount } from "../support/story-account";
import { kill, LAG, localError, RUNS, RUNS_SHOWN, troubleWithin } from "./commands";
import { AS_DOCUMENTED } from "./model-account";

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

const options: fc.Arbitrary<CommandOptions> = fc.record(
  {
    troubles: fc.array(troubleWithin(5.9), { maxLength: 2 }),
    kill,
    fails: fc.boolean(),
    refresh: fc.boolean(),
  },
  { requiredKeys: [] },
);
const name = fc.constantFrom("a", "b", "c");
const quirks = fc.constantFrom<Quirks[]>(
  {},
  { listsRevokedKeys: true },
  { listLag: LAG },
  { tokenService: "account" },
  { descriptions: "trimmed" },
  { descriptions: "lower-case" },
);

type Step = [string, (history: History) => unknown];

function step<T>(what: string, given: fc.Arbitrary<T>, work: (history: History, value: T) => unknown) {
  return given.map((value): Step => [`${what} ${JSON.stringify(value)}`, (history) => work(history, value)]);
}

/** A change of the program. */
function change<T>(what: string, given: fc.Arbitrary<T>, work: (history: History, value: T) => unknown) {
  return step(what, given, (history, value) => {
    work(history, value);
    history.declare();
  });
}

const renamed = fc.tuple(fc.constantFrom("imported", "adopted", "created"), name, options);
const steps = fc.oneof(
  { weight: 5, arbitrary: step("up", options, ({ stack }, how) => stack.up(how)) },
  step("refresh", options, ({ stack }, how) => stack.refresh(how)),
  step("rename, up", renamed, (history, [what, to, how]) => {
    history.at[what] = to;
    history.declare();
    return history.stack.up(how);
  }),
  // Not the old name of what was renamed: then the engine shows that one alone, which the docs warn of.
  step("up --target", fc.constantFrom("rot", "imported", "created"), ({ stack, at }, what) =>
    stack.up({ target: what === "rot" ? what : `${what}-${at[what]}` }),
  ),
  step("up --replace imported-", name, ({ stack }, to) => stack.up({ replace: `imported-${to}` })),
  change(
    "trigger",
    fc.constantFrom("trigger", "keyTrigger"),
    ({ settings }, which) => (settings[which] += 1),
  ),
  change("ignoreChanges", fc.boolean(), ({ settings }, ignores) => (settings.ignores = ignores)),
  change("overlapDays", fc.constantFrom(0, 3, 7, 14), ({ settings }, days) => (settings.overlapDays = days)),
  step("days", fc.integer({ min: 1, max: 40 }), ({ account }, days) => account.pass(days)),
  step("clock", localError, ({ account }, error) => (account.timing.error = error)),
  step("quirks", quirks, ({ account }, now) => Object.assign(account.emulator.quirks, AS_DOCUMENTED, now)),
);

async function live(all: Step[]): Promise<void> {
  const account = await StoryAccount.open();
  try {
    const history = new History(account);
    await history.stack.up();
    for (const [, work] of all) {
      await work(history);
      history.said += history.stack.printed + history.stack.errors.join();
      await history.expectSound();
    }
    await history.heal();
  } finally {
    await account.emulator.close();
  }
}

test(`any history of hand-overs, rotations and clocks keeps what the state calls live (${RUNS_SHOWN})`, () =>
  fc.assert(fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 14 }), live), RUNS));
