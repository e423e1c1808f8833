// What can happen in a history, at random.
import fc from "fast-check";

import type { Quirks, Transform } from "../../src/emulator";
import { cachedLists, listing, showing, spelling } from "../support/answers";
import { testAll } from "../support/rare";
import type { CommandOptions, Jump } from "../support/story-stack";
import { recover, settle } from "./heal";
import { FATES } from "./network";
import type { Kill, Trouble } from "./network";
import { LAPTOP, MOVABLE, newly, sshMaterial, SLOTS } from "./program";
import type { Slot } from "./program";
import type { ModelAccount } from "./model-account";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class Command implements fc.AsyncCommand<object, ModelAccount> {
  constructor(
    private readonly text: string,
    private readonly work: (model: ModelAccount) => unknown,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_model: object, model: ModelAccount): Promise<void> {
    await this.work(model);
    await settle(model);
  }

  toString(): string {
    return this.text;
  }
}

const HISTORIES = Number(process.env.MODEL_HISTORIES ?? (testAll ? 500 : 100));
const SEED = process.env.MODEL_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.MODEL_SEED);
/** How many histories are tried, and which. */
export const RUNS = {
  seed: SEED,
  numRuns: HISTORIES,
  ...(process.env.MODEL_PATH === undefined ? {} : { path: process.env.MODEL_PATH }),
};
export const RUNS_SHOWN = `seed ${SEED}, ${HISTORIES} of them`;

/** A list lags for less than this much: what is late and unlisted has to be seen within the six seconds of the last look. */
export const LAG = 1_500;

/** What arrives late does so within this many seconds. */
export function troubleWithin(late: number): fc.Arbitrary<Trouble> {
  return fc.record({
    method: fc.constantFrom("POST", "POST", "GET", "DELETE"),
    nth: fc.integer({ min: 1, max: 4 }),
    times: fc.constantFrom(1, 1, 2, 4, 40),
    fate: fc.constantFrom(...FATES),
    late: fc.double({ min: 0, max: late, noNaN: true }),
  });
}
export const kill: fc.Arbitrary<Kill> = fc.record({
  nth: fc.integer({ min: 1, max: 8 }),
  arrived: fc.boolean(),
});
export const localError = fc.constantFrom(0, HOUR, -HOUR, 365 * DAY, -365 * DAY);
const serverJump = fc.constantFrom(HOUR, -HOUR, DAY);
const jump: fc.Arbitrary<Jump> = fc.oneof(
  fc.record({ nth: fc.integer({ min: 1, max: 6 }), clock: fc.constant("error" as const), ms: localError }),
  fc.record({
    nth: fc.integer({ min: 1, max: 6 }),
    clock: fc.constant("serverError" as const),
    ms: serverJump,
  }),
);
const how: fc.Arbitrary<CommandOptions> = fc.record({
  troubles: fc.array(troubleWithin((5_900 - LAG) / 1_000), { maxLength: 3 }),
  kill: fc.option(kill, { nil: undefined, freq: 4 }),
  jump: rarely(jump),
  retries: rarely(fc.integer({ min: 1, max: 2 })),
});
const slot: fc.Arbitrary<Slot> = fc.constantFrom(...SLOTS);
const howUp: fc.Arbitrary<CommandOptions> = fc
  .tuple(how, rarely(slot), rarely(slot), rarely(fc.constant(true)), rarely(fc.constant(true)))
  .map(([all, target, replace, refresh, fails]) => ({ ...all, target, replace, refresh, fails }));
const at = fc.integer({ min: 0, max: 2 });

/** The first program: some of the slots. */
export const program = fc.uniqueArray(slot, { minLength: 1, maxLength: 3 });

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 9 });
}

function command<T extends unknown[]>(
  name: string,
  given: fc.Arbitrary<T>,
  work: (model: ModelAccount, ...values: T) => unknown,
): fc.Arbitrary<Command> {
  return given.map(
    (values) => new Command(`${name} ${JSON.stringify(values)}`, (model) => work(model, ...values)),
  );
}

function inAnotherZone(time: string): string {
  return `${new Date(Date.parse(time) + HOUR).toISOString().slice(0, 19).replace("T", " ")}+01`;
}

function noteJump(model: ModelAccount, { jump: happened }: CommandOptions): void {
  if (happened?.clock === "serverError") model.noteServerJump();
}

const up = command("up", fc.tuple(at, howUp), (model, which, options) => {
  noteJump(model, options);
  return model.stack(which).up(options);
});
const changedUp = command("changed up", fc.tuple(at, slot, howUp), (model, which, changed, options) => {
  noteJump(model, options);
  model.stack(which).sayNewVersion(changed);
  return model.stack(which).up(options);
});
/** A resource gets another logical name, under which it takes its key over. */
const move = command(
  "move",
  fc.tuple(at, fc.constantFrom(...MOVABLE), howUp),
  async (model, which, slot, options) => {
    const stack = model.stack(which);
    if (!stack.said.has(slot)) stack.say(slot);
    await stack.up();
    noteJump(model, options);
    stack.move(slot);
    return stack.up(options);
  },
);
const both = command("both up", fc.tuple(how, how), ({ stacks }, one, two) =>
  // The clocks are of both.
  Promise.all([stacks[0]!.up({ ...one, jump: undefined }), stacks[1]!.up({ ...two, jump: undefined })]),
);
const refresh = command("refresh", fc.tuple(at, how), (model, which, options) => {
  noteJump(model, options);
  return model.stack(which).refresh(options);
});
const destroy = command("destroy", fc.tuple(at, how, rarely(slot)), (model, which, options, target) => {
  noteJump(model, options);
  return model.stack(which).destroy({ ...options, target });
});
const change = command(
  "change",
  fc.tuple(at, slot, fc.constantFrom("version", "setting", "isIgnored", "remove")),
  (model, which, changed, what) => {
    const stack = model.stack(which);
    const now = stack.said.get(changed) ?? newly(stack.name);
    if (what === "remove") stack.said.delete(changed);
    else if (what === "isIgnored") stack.say(changed, { isIgnored: !now.isIgnored });
    else stack.say(changed, { [what]: now[what] + 1 });
  },
);

/** An entry of the set gets a key: a new one, somebody else's, that of an SshKey, that of another entry; or it goes. */
const changeEntry = command(
  "change entry",
  fc.tuple(
    at,
    fc.constantFrom("anna", "bjarne", "carl"),
    fc.constantFrom("new", LAPTOP, "ssh", "exchange", "remove"),
    fc.nat(99),
  ),
  (model, which, entry, what, nth) => {
    const stack = model.stack(which);
    const { entries } = stack.said.get("team") ?? newly(stack.name);
    const { [entry]: own, ...others } = entries;
    const ssh = stack.said.get("ssh");
    const [other] = Object.entries(others);
    const material = {
      new: `${stack.name} ${entry} ${nth}`,
      [LAPTOP]: Object.values(others).includes(LAPTOP) ? own : LAPTOP,
      ssh: ssh && !Object.values(others).includes(sshMaterial(ssh)) ? sshMaterial(ssh) : own,
      exchange: other?.[1],
      remove: undefined,
    }[what];
    const exchanged = what === "exchange" && other && own !== undefined ? { [other[0]]: own } : {};
    if (what === "exchange" && own === undefined) return;
    stack.say("team", {
      entries: { ...others, ...exchanged, ...(material !== undefined && { [entry]: material }) },
    });
  },
);
const days = command("days", fc.tuple(fc.integer({ min: 1, max: 45 })), ({ account }, count) =>
  account.pass(count),
);
const clocks = command("clocks", fc.tuple(localError, rarely(serverJump)), (model, local, server) => {
  model.account.timing.error = local;
  if (server === undefined) return;
  model.noteServerJump();
  model.account.timing.serverError += server;
});
const QUIRKS: Quirks[] = [
  {},
  { listsRevokedKeys: true },
  { listsRevokedKeys: true, listLag: LAG },
  { listLag: LAG },
  { tokenService: "account" },
  { descriptions: "trimmed" },
  { descriptions: "lower-case" },
  { descriptions: "null" },
  { descriptions: { truncatedTo: 16 } },
  { createdAtSkew: -300_000 },
];
/** Ways in which the API answers otherwise than it is documented. */
const ANSWERS: Record<string, (now: () => number) => Transform> = {
  "services in upper case": () => spelling("service", (text) => text.toUpperCase()),
  "scopes with more of them": () =>
    showing(({ scopes, ...entry }) => ({
      ...entry,
      ...(Array.isArray(scopes) && { scopes: [...(scopes as unknown[]), "z:read"] }),
    })),
  "descriptions escaped": () =>
    spelling("description", (text) => text.replace(/[#/]/g, (sign) => `&#${sign.charCodeAt(0)};`)),
  "descriptions with a prefix": () => spelling("description", (text) => `[API] ${text}`),
  // Not those of SSH keys, which a state may take over from a list: the emulator knows an id only as it made it.
  "ids in upper case": () =>
    listing((entries, { path }) =>
      path.endsWith("ssh-keys")
        ? undefined
        : entries.map((entry) => ({ ...entry, id: String(entry["id"]).toUpperCase() })),
    ),
  "names with a prefix": () => spelling("name", (text) => `[API] ${text}`),
  "times in another zone": () => spelling("created_at", inAnotherZone),
  "no date": () => () => ({ headers: { date: null } }),
  "full pages": () => listing((entries) => ({ body: { items: entries.slice(0, 2), limit: 2 } })),
  "from a cache": cachedLists,
};
const behave = command("behave", fc.tuple(fc.constantFrom(...QUIRKS)), (model, quirks) =>
  model.behave(quirks),
);
const answer = command("answer", fc.tuple(fc.constantFrom(...Object.keys(ANSWERS))), (model, how) => {
  const { timing } = model.account;
  model.behave(
    {},
    ANSWERS[how]!(() => timing.server()),
  );
});
const copy = command("copy", fc.tuple(at), (model, which) => model.copy(which));
const rename = command("rename", fc.tuple(at), (model, which) => model.rename(which));
const recovery = command("recover", fc.tuple(at), (model, which) => recover(model, model.stack(which)));
const byHand = command("by hand", fc.tuple(at, slot), (model, which, like) => model.addForeign(which, like));
const revoke = command("revoke by hand", fc.tuple(at, slot), (model, which, held) =>
  model.revokeByHand(which, held),
);

/** Some resources are served by a process of their own; and the API may answer in its own way from the start. */
export const setting = fc.record({ isSplit: fc.boolean(), answer: fc.option(answer, { freq: 1 }) });

export const commands = fc.commands(
  [
    ...[up, up, changedUp, changedUp, changedUp, move, move, both, refresh, destroy],
    ...[days, change, changeEntry, copy, recovery, byHand, revoke, behave, answer, clocks, rename],
  ],
  { maxCommands: 14 },
);
