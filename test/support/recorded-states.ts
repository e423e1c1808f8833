// The states that were recorded from earlier versions (test/fixtures/states-*): what their versions made of them is what today's code makes of them, over real HTTP.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import type { ApiKeyRecord, Emulator, NewApiKey } from "../../src/emulator";
import type { ResourceDiff } from "../../src/hosts/resource-type";
import type { Properties } from "../../src/values";
import { NEVER_DUE, resources } from "./engine-resources";
import { StoryAccount } from "./story-account";
import { type Held, StoryStack } from "./story-stack";

type Type = keyof typeof resources;

const COMMANDS = ["up", "refresh", "destroy"] as const;
type Command = (typeof COMMANDS)[number];

/** What a command comes to. Ids, keys and marks that did not exist before are numbered: `{id 1}`. */
export interface Result {
  requests: string[];
  /** `unchanged`, `updated`, `replaced, new first: scopes`; `gone`, `drifted`, `no drift`; `destroyed`; `looked up`; `failed`. */
  does: string;
  /** The id, where it is another than before. */
  id?: string;
  /** The inputs, where the engine now keeps others. */
  inputs?: Properties;
  /** Outputs that are other than before. */
  set?: Properties;
  /** Outputs that were there before. */
  unset?: string[];
}

export interface Recorded extends Omit<Held, "type"> {
  type: Type;
  provider: string;
  /** What the program passes; absent for what `get` looked up. */
  program?: Properties;
  /** The clock of a run on this state. */
  now: string;
  /** How far it is ahead of the server's, in milliseconds. */
  ahead?: number;
  account: {
    sshKeys?: { id: string; name: string; publicKey: string; createdAt: string }[];
    apiKeys?: Omit<ApiKeyRecord, "keyPrefix" | "revoked" | "bootstrap">[];
  };
  /** What the version did that wrote it. */
  expected: Partial<Record<Command, Result>>;
}

/** Where there are recordings of it. */
export type Version = "1.0.0" | "e725e63";

const CREDENTIAL = "wayscloud_pat_Fk000_NotASecretNotASecretNotASecret000000";

export function recordedStates(version: Version): Recorded[] {
  const folder = join(__dirname, `../fixtures/states-${version}`);
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((file) => {
    const { provider, states } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      provider: string;
      states: Record<string, Omit<Recorded, "type" | "name" | "provider">>;
    };
    const type = file.replace(".json", "") as Type;
    return Object.entries(states).map(([name, state]) => {
      // Checked inputs that say what the program says are not repeated in all recordings.
      const inputs = (state.inputs as Properties | undefined) ?? state.program ?? {};
      return { ...state, inputs, type, name, provider };
    });
  });
}

/** Runs one command on the state, in a process and an account of its own. */
async function run(recorded: Recorded, command: Command): Promise<Result> {
  const account = await StoryAccount.open({ apiKey: CREDENTIAL }, recorded.now);
  const { emulator, timing } = account;
  try {
    timing.serverError = -(recorded.ahead ?? 0);
    seed(emulator, recorded);
    const { name, program, id, inputs, outputs } = recorded;
    const type = resources[recorded.type];
    const stack = new StoryStack(account);
    // A look-up reads what the program passes.
    const isLookUp = program === undefined;
    stack.state.set(name, {
      name,
      type,
      id,
      inputs,
      outputs: isLookUp && command === "up" ? inputs : outputs,
    });
    if (!isLookUp) stack.program.set(name, { type, inputs: program });
    const news = isLookUp ? inputs : type.check(inputs, program).inputs;
    const before = type.diff(id, outputs, news, timing.now());
    await (isLookUp ? stack.refresh() : stack[command]());
    const requests = requestsOf(emulator);
    const [error] = stack.errors;
    if (error !== undefined) return numbered(recorded, { requests, does: error.replace(/^\w+/, "failed") });
    const held = stack.state.get(name);
    const after = held && type.diff(held.id, held.outputs, inputs, NEVER_DUE);
    const does = whatItDid(command, isLookUp, before, after);
    return numbered(recorded, { requests, does, ...(held && changesOf(recorded, held)) });
  } finally {
    await emulator.close();
  }
}

function whatItDid(
  command: Command,
  isLookUp: boolean,
  before: ResourceDiff,
  after: ResourceDiff | undefined,
): string {
  if (command === "destroy") return "destroyed";
  if (command === "refresh" && !after) return "gone";
  // Of what was only looked up the engine compares outputs by itself.
  if (isLookUp) return "looked up";
  if (command === "refresh") return after?.changes === true ? "drifted" : "no drift";
  if (!before.changes) return "unchanged";
  if (before.replaces.length === 0) return "updated";
  const order = before.deleteBeforeReplace === true ? "old" : "new";
  return `replaced, ${order} first: ${before.replaces.join(", ")}`;
}

/** Puts into the account what it had when the state was recorded. */
export function seed({ account }: Emulator, { account: { sshKeys = [], apiKeys = [] } }: Recorded): void {
  for (const key of sshKeys) account.addSshKey(key);
  for (const { expiresAt, ...key } of apiKeys) {
    const wanted: NewApiKey = expiresAt === null ? key : { ...key, expiresAt };
    account.addApiKey(wanted);
  }
}

function requestsOf({ requests }: Emulator): string[] {
  return requests.map(({ method, path, body }) =>
    [method, path, ...(body === undefined ? [] : [JSON.stringify(body)])].join(" "),
  );
}

function changesOf(recorded: Recorded, held: Held): Pick<Result, "id" | "inputs" | "set" | "unset"> {
  // The engine keeps plain objects.
  const { id, inputs, outputs } = JSON.parse(JSON.stringify(held)) as Held;
  const absent = (value: unknown): boolean => value === undefined || value === null;
  // Rotating keys of 1.0.0 had neither `createdAt` beside `rotatedAt` nor the expiry of the previous token.
  const isNew = (name: string): boolean =>
    "rotatedAt" in outputs &&
    !("createdAt" in recorded.outputs) &&
    ["createdAt", "previousExpiresAt"].includes(name);
  const set = Object.entries(outputs).filter(
    ([name, value]) => !isNew(name) && !absent(value) && !isDeepStrictEqual(value, recorded.outputs[name]),
  );
  const unset = Object.keys(recorded.outputs).filter((name) => absent(outputs[name]));
  return {
    ...(id === recorded.id ? {} : { id }),
    ...(isDeepStrictEqual(inputs, recorded.inputs) ? {} : { inputs }),
    ...(set.length === 0 ? {} : { set: Object.fromEntries(set) }),
    ...(unset.length === 0 ? {} : { unset }),
  };
}

const DRAWN = {
  id: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
  key: /wayscloud_\w+/g,
  mark: /(?<=[#-]|unresolved\/)[0-9a-f]{7}(?![0-9a-f-])/g,
};

/** Random values differ in each run: those that the state and its account do not hold are numbered. */
function numbered(recorded: Recorded, result: Result): Result {
  let text = JSON.stringify(result);
  const known = JSON.stringify(recorded);
  // The mark of a key's successor follows from the key's id.
  const successors = Array.from(known.matchAll(DRAWN.id), ([id]) =>
    createHash("sha256").update(`successor of ${id}`).digest("hex").slice(0, 7),
  );
  for (const [what, pattern] of Object.entries(DRAWN)) {
    const fresh: string[] = [];
    text = text.replace(pattern, (value) => {
      if (known.includes(value) || successors.includes(value)) return value;
      if (!fresh.includes(value)) fresh.push(value);
      return `{${what} ${fresh.indexOf(value) + 1}}`;
    });
  }
  return JSON.parse(text) as Result;
}

/** Where this version knowingly does otherwise than the one that was recorded; recordings are never edited. */
export interface Change {
  /** `type: state: command` */
  on: RegExp;
  because: string;
  now: (was: Result, recorded: Recorded) => Result;
}

/** The first list is read twice more, six seconds later, and what is made after it is as much younger. */
export function looksAgain({ requests: [list, ...requests], ...was }: Result): Result {
  const later = JSON.stringify(was).replace(/(T00:00:)06Z/g, (_all, start: string) => `${start}12Z`);
  return { ...(JSON.parse(later) as Result), requests: [list!, list!, list!, ...requests] };
}

/** On every state `up`, `refresh` and `destroy` do what that version itself did, request by request. */
export function testRecordedStates(version: Version, changes: readonly Change[]): void {
  const all = recordedStates(version).flatMap((recorded) => {
    // The engine calls nothing to destroy what was only looked up.
    const commands = COMMANDS.filter((command) => command !== "destroy" || recorded.program !== undefined);
    return commands.map((command) => ({
      title: `${recorded.type}: ${recorded.name}: ${command}`,
      recorded,
      command,
    }));
  });

  test.each(all)("$title", async ({ title, recorded, command }) => {
    const was = recorded.expected[command]!;
    const known = changes.filter(({ on }) => on.test(title));
    const expected = known.reduce((result, { now }) => now(result, recorded), was);
    expect(await run(recorded, command)).toEqual(expected);
    if (known.length > 0) expect(expected).not.toEqual(was);
  });

  test(`every change against ${version} is one of a recorded state`, () => {
    expect(changes.filter(({ on }) => !all.some(({ title }) => on.test(title)))).toEqual([]);
  });
}
