// Runs the rows of the fault table in the provider processes. A test names a row and what is done; docs/fault-table.md says how it must end, which requests that
// takes and what lives then. A run in the provider process of the other host is the same run (jest.config.js).
import type { Emulator, EmulatorOptions, Fault } from "../../src/emulator";
import { type Created, type Ended, KINDS, TRIED, TRIED_KEYS, Watched } from "./canaries";
import { resources } from "./engine-resources";
import { type Checks, expectRow, FaultTable, requestLine, type RowKey, titleOf } from "./fault-table";
import { ProcessAccount } from "./process-account";
import type { Properties, ProviderProcess, ResourceMethods, ResourceName } from "./provider-process";
import type { StoryStack } from "./story-stack";

/** A row of one call, or of a few, to a provider process. */
export interface CallRow {
  row: RowKey;
  faults?: readonly Fault[] | ((kind: ResourceName) => readonly Fault[]);
  /** What is done, if not a creation. What it answers counts instead of the requests. */
  act?: (run: CallRun) => Promise<unknown>;
}

/** Rows that a story of several commands comes by, one after the other. */
export interface StoryRows {
  rows: readonly RowKey[];
  options?: EmulatorOptions;
  /** Its requests are made at the same time, so that their order says nothing. */
  isUnordered?: boolean;
  /** Calls `row` where a row ends; its arguments go to the check. */
  story: (run: ProcessAccount, row: (...values: any[]) => void) => Promise<unknown>;
}

/** The kinds that a row is tried with, by its cell in the document. */
const TRIED_WITH: Record<string, readonly ResourceName[]> = {
  "API keys": TRIED_KEYS,
  "SSH keys": ["sshKey"],
  "API keys and SSH keys": TRIED,
};

/** Declares the tests of a section whose rows are calls. */
export function callRows(
  file: string,
  title: string,
  checks: Checks<CallRun>,
  rows: readonly CallRow[],
): void {
  const table = new FaultTable(file, title, checks);
  for (const { row: key, faults = [], act = (run: CallRun): Promise<unknown> => run.create() } of rows) {
    for (const row of table.take(...key)) {
      const kinds = row.resource === "" ? [undefined] : TRIED_WITH[row.resource];
      if (!kinds) throw new Error(`"${title}" has no tests with: ${row.resource}`);
      for (const kind of kinds) {
        test.concurrent(titleOf(row, kind), () =>
          Watched.run(async (watched) => {
            const run = new CallRun(watched, kind ?? "serviceKey");
            watched.emulator.faults.add(...(typeof faults === "function" ? faults(run.kind) : faults));
            const answer = await act(run);
            await table.check(row, run);
            expectRow(row, run, typeof answer === "string" ? answer : run.requests());
          }),
        );
      }
    }
  }
  table.testComplete();
}

/** Declares the tests of a section whose rows are those of stories. */
export function storyRows(
  file: string,
  title: string,
  checks: Checks<ProcessAccount>,
  stories: readonly StoryRows[],
): void {
  const table = new FaultTable(file, title, checks);
  for (const { rows, options, isUnordered = false, story } of stories) {
    const left = rows.flatMap((key) => table.take(...key));
    test.concurrent(titleOf(left[0]!), () =>
      ProcessAccount.run(async (run) => {
        run.isUnordered = isUnordered;
        await story(run, (...values) => {
          const row = left.shift()!;
          table.check(row, run, ...values);
          expectRow(row, run, run.seen?.requests ?? run.requests());
          run.seen = undefined;
        });
        expect(left).toEqual([]);
      }, options),
    );
  }
  table.testComplete();
}

/** One account, the provider processes at it, and how the calls ended. */
export class CallRun {
  readonly emulator: Emulator;
  /** How the last creation ended. */
  made: Ended<Created> = { ms: 0 };
  /** How creations at the same time ended. */
  several: Ended<Created>[] = [];
  /** How the calls of {@link end} ended. */
  readonly ended: Ended<unknown>[] = [];
  /** Only requests below this path are counted. */
  below = "/";
  /** A stack that has a resource of this kind, "db". */
  readonly stack: StoryStack;
  private first: ProviderProcess | undefined;

  constructor(
    readonly watched: Watched,
    readonly kind: ResourceName,
  ) {
    this.emulator = watched.emulator;
    this.stack = new ProcessAccount(watched).stack;
    const className = (kind.charAt(0).toUpperCase() + kind.slice(1)) as Capitalize<ResourceName>;
    this.stack.declare("db", resources[className], KINDS[kind].inputs);
  }

  /** The process of the first command; this configures it if it is the first call. */
  async process(...how: Parameters<Watched["process"]>): Promise<ProviderProcess> {
    return (this.first ??= await this.watched.process(...how));
  }

  async methods(kind = this.kind): Promise<ResourceMethods> {
    return (await this.process()).resource(kind);
  }

  async create(more: Properties = {}): Promise<Ended<Created>> {
    return (this.made = await this.watched.create(await this.process(), this.kind, more));
  }

  /** Waits for a call, however it ends. */
  async end<T>(call: Promise<T>): Promise<Ended<T>> {
    const ended = await this.watched.ended(call);
    this.ended.push(ended);
    return ended;
  }

  /** What the user reads of the calls of {@link end}. */
  get messages(): string[] {
    return this.ended.map(({ error }) => error?.message ?? "succeeded");
  }

  /** From here on requests count. */
  forget(): void {
    this.emulator.requests.length = 0;
  }

  requests(): string {
    return requestLine(this.emulator.requests, this.below);
  }

  /** The ids of the live keys of this kind. */
  get live(): string[] {
    return this.watched.live(this.kind).map(({ id }) => id);
  }

  get said(): string {
    return this.made.error?.message ?? "";
  }
}

/** Every call of the run failed, and said this. */
export const failed =
  (said: RegExp | string) =>
  ({ messages, ended }: CallRun): void => {
    expect(messages).not.toEqual([]);
    for (const message of messages) expect(message).toMatch(said);
    expect(ended.filter(({ partial }) => partial !== undefined)).toEqual([]);
  };
