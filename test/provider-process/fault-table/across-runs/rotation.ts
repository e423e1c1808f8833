// Rows 36 to 38 and 50: rotating keys inside their overlap.
import { storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { ROTATING } from "./kinds";

const KINDS = Object.keys(ROTATING) as (keyof typeof ROTATING)[];

const current = ({ stack }: ProcessAccount, name: string): string =>
  String(stack.held(name).outputs["keyId"]);
const previous = ({ stack }: ProcessAccount, name: string): unknown =>
  stack.held(name).outputs["previousKeyId"];

/** One rotating key of both kinds for each of these, all within their overlap. */
async function overlapping(run: ProcessAccount, names: string[]): Promise<void> {
  for (const name of names) declare(run, name);
  await run.stack.up();
  run.pass(31);
  await run.stack.up();
  expect(run.stack.errors).toEqual([]);
  for (const name of run.stack.state.keys()) expect(previous(run, name)).not.toBeNull();
}

function declare({ stack }: ProcessAccount, name: string, more: object = {}): void {
  for (const kind of KINDS) {
    const [type, inputs] = ROTATING[kind];
    stack.declare(`${name}-${kind}`, type, { ...inputs, ...more });
  }
}

/** What became of both kinds of a rotating key, which the story has followed. */
interface Followed {
  /** The days on which something was asked for it, and what. */
  log: string;
  wasLive: { older: boolean; current: boolean };
  live: number;
}

/** Both kinds went the same way, and this is what they held after the first run. */
const both =
  (older: boolean, isCurrent: boolean) =>
  (_run: ProcessAccount, [one, other]: [Followed, Followed]): void => {
    expect(one).toEqual(other);
    expect(one.wasLive).toEqual({ older, current: isCurrent });
  };

const checks = {
  "the older key is revoked first; the current one stays valid": both(false, true),
  "the next run revokes the leaked key": both(false, true),
  "revoked by the next run": both(true, true),
  "revoked after 3 days": both(true, true),
  "revoked after 14 days": both(true, true),
  "revoked, and a new one created": both(true, false),
  "the previous key stays valid until the new one exists": (_run: ProcessAccount, logs: string[]) =>
    expect(new Set(logs).size).toBe(1),
};

const changes: Record<string, object> = {
  leaked: { rotationTriggers: { leaked: "1" } },
  leakedNow: { rotationTriggers: { leaked: "1" }, overlapDays: 0 },
  none: { overlapDays: 0 },
  shorter: { overlapDays: 3 },
  longer: { overlapDays: 14 },
  dead: {},
};
const DAYS_OF_OVERLAP: Record<string, number> = { none: 0, shorter: 3, longer: 14 };

const fates = {
  refused: { status: 401, body: { detail: "no" } },
  lost: { reset: true, commit: true },
  broken: { status: 500 },
} as const;
const FATES = Object.keys(fates) as (keyof typeof fates)[];

storyRows(__filename, "Rotation inside an overlap", checks, [
  {
    rows: [
      [36, "a trigger inside an overlap of 7 days"],
      [36, "the same, with `overlapDays: 0`"],
      [38, "`overlapDays` 7 to 0 inside the overlap"],
      [38, "`overlapDays` 7 to 3 inside the overlap"],
      [38, "`overlapDays` 7 to 14 inside the overlap"],
      [50, "an inactive current key inside an overlap"],
    ],
    story: async (run, done) => {
      const { stack } = run;
      const { account: control } = run.emulator;
      const names = Object.keys(changes);
      await overlapping(run, names);
      const before = new Map(
        [...stack.state.keys()].map((name) => [name, [previous(run, name), current(run, name)]]),
      );
      for (const kind of KINDS) control.deactivate(current(run, `dead-${kind}`));
      for (const [name, more] of Object.entries(changes)) declare(run, name, more);

      const log = new Map<string, string[]>();
      let day = 0;
      const up = async (more: object = {}): Promise<void> => {
        await stack.up(more);
        expect(stack.errors).toEqual([]);
        for (const name of stack.state.keys()) {
          const requests = run.requestsFor(name);
          if (requests !== "none") log.set(name, [...(log.get(name) ?? []), `day ${day}: ${requests}`]);
        }
        run.forget();
      };
      run.forget();
      await up({ refresh: true });
      for (const [name, { outputs }] of stack.state) {
        const days = DAYS_OF_OVERLAP[name.split("-")[0]!];
        if (days === undefined) continue;
        const [rotated, retired] = [outputs["rotatedAt"], outputs["retireAt"]].map((at) =>
          Date.parse(String(at)),
        );
        expect(retired! - rotated!).toBe(days * 86_400_000);
      }
      const wasLive = new Map(
        [...before].map(([name, ids]) => [name, ids.map((id) => run.live.includes(String(id)))]),
      );
      for (const days of [1, 3, 4, 7]) {
        run.pass(days);
        day += days;
        await up();
      }
      expect(run.live).toEqual(stack.ids);
      for (const name of names) {
        const followed = KINDS.map((kind) => {
          const full = `${name}-${kind}`;
          const [older, isCurrent] = wasLive.get(full)!;
          const ours = control.liveApiKeys().filter(({ description }) => description?.includes(`/${full} `));
          return {
            log: log.get(full)!.join("; "),
            wasLive: { older, current: isCurrent },
            live: ours.length,
          };
        });
        run.seen = { requests: followed[0]!.log, live: followed[0]!.live };
        done(followed);
      }
    },
  },
  {
    rows: FATES.map(
      (fate) => [37, `the current key is dead, the successor's POST is ${fate}; then \`up\` twice`] as const,
    ),
    story: async (run, done) => {
      const { stack, emulator } = run;
      await overlapping(run, FATES);
      const older = new Map([...stack.state.keys()].map((name) => [name, String(previous(run, name))]));
      for (const name of older.keys()) emulator.account.deactivate(current(run, name));
      run.pass(8);
      for (const [name, fault] of Object.entries(fates))
        emulator.faults.add({ method: "POST", contains: `/${name}-`, times: "always", ...fault });
      run.forget();
      expect(await stack.up({ refresh: true })).toBe(false);
      expect(stack.errors).toHaveLength(6);
      expect(run.live).toEqual(expect.arrayContaining([...older.values()]));
      const failed = new Map([...older.keys()].map((name) => [name, run.requestsFor(name)]));
      emulator.faults.clear();
      run.forget();
      await stack.up();
      await stack.up();
      run.expectExactly(older.size);
      for (const fate of FATES) {
        const logs = KINDS.map((kind) => `${fate}-${kind}`).map(
          (name) => `${failed.get(name)!}; ${run.requestsFor(name)}`,
        );
        run.seen = { requests: logs[0]!, live: 1 };
        done(logs);
      }
    },
  },
]);
