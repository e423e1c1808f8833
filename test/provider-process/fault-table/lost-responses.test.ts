// Rows 3 to 9: whatever became of a POST, exactly one key lives at the end and the state has it, or nothing lives, or the error names it.
import type { Fault } from "../../../src/emulator";
import { KINDS } from "../../support/canaries";
import { type CallRow, type CallRun, callRows } from "../../support/fault-rows";
import type { ResourceName } from "../../support/provider-process";
import { until } from "../../support/until";

const post = (fault: Fault): Fault => ({ method: "POST", ...fault });
const every = (fault: Fault): Fault => post({ times: "always", ...fault });
const LOST = post({ reset: true, commit: true });
const noList = (kind: ResourceName, more: Fault): Fault => ({
  method: "GET",
  path: KINDS[kind].list,
  ...more,
});

const checks = {
  created: ({ watched, kind, made }: CallRun) => {
    watched.expectOnly(kind, made);
    expect(made.ms).toBeLessThan(120_000);
  },
  "error, nothing lives": ({ made, said, live }: CallRun) => {
    expect([made.partial, live]).toEqual([undefined, []]);
    expect(said).toMatch(/^Creating the .* failed: POST /);
  },
  "unresolved, then cleaned up": ({ watched, kind, live, stack }: CallRun) => {
    expect({ errors: stack.errors, live }).toEqual({ errors: [], live: stack.ids });
    for (const value of stack.state.values()) watched.expectOnly(kind, { value, ms: 0 });
  },
  "error naming id and time": ({ emulator, made, said }: CallRun) => {
    const [old, lost] = emulator.account.liveApiKeys();
    expect(made.partial).toBeUndefined();
    expect(said).toContain(`${lost!.id} (created ${lost!.createdAt};`);
    expect(said).not.toContain(old!.id);
  },
  "created, the duplicate named": async (run: CallRun) => {
    expect(run.live).toContain(run.made.value?.id);
    const [twin] = run.live.filter((id) => id !== run.made.value?.id);
    expect((await run.process()).stderr()).toContain(twin);
  },
};

/** Creates once, in vain; the state stays unresolved through a refresh; then the next command of the user. */
const unresolved =
  (next: "up" | "destroy", { isDown = false } = {}) =>
  async (run: CallRun): Promise<void> => {
    const { emulator, kind, stack } = run;
    if (isDown) void until(() => emulator.requests.length > 0).then(() => emulator.stopListening());
    await stack.up();
    const { id, outputs } = stack.held("db");
    expect(id).toMatch(/^unresolved\/[0-9a-f]{7}$/);
    expect(outputs).toMatchObject({ ...KINDS[kind].inputs, unresolved: true });
    expect(run.live).toHaveLength(1);
    await stack.refresh();
    expect(stack.held("db")).toMatchObject({ id, outputs });
    emulator.faults.clear();
    if (isDown) await emulator.listenAgain();
    run.forget();
    await stack[next]();
  };

/** An SSH key is no secret: it is kept where it was found. A key whose secret was lost is revoked, and created once more. */
const healed: [number, string, CallRow["faults"]][] = [
  [3, "created, then the connection is reset", [LOST]],
  [3, "reset before anything is created", [post({ reset: true })]],
  [4, "created, never answered", [post({ hang: true, commit: true })]],
  [5, "201 cut in half", [post({ truncate: true })]],
  [6, "201 that is not JSON", [post({ malformed: true })]],
  [6, "201 without its main field", (kind) => [post({ omit: [kind === "sshKey" ? "fingerprint" : "key"] })]],
  [7, "502 after the creation", [post({ status: 502, commit: true })]],
  [7, "502 without a creation", [post({ status: 502 })]],
  [7, "408 after the creation", [post({ status: 408, commit: true })]],
  [
    8,
    "as row 3, and the list works only at the third look",
    // A look is four attempts.
    (kind) => [LOST, noList(kind, { times: 8, status: 500 })],
  ],
  [9, "the creation takes place 5 s after the reset", [post({ reset: true, commitAfter: 5_000 })]],
];

const failed: [number, string, Fault][] = [
  [3, "every response is lost, every creation takes place", every({ reset: true, commit: true })],
  [6, "every 201 is not JSON", every({ malformed: true })],
  [6, "every 201 is without its key", every({ omit: ["key"] })],
  [7, "every response is 502, every creation takes place", every({ status: 502, commit: true })],
];

const IS_DOWN = "as row 3, and the API is down afterwards";
/** Rows where the run cannot find out: the creation is kept as unresolved. */
const doubtful: [string, CallRow["faults"]][] = [
  [
    "as row 3, and the list fails throughout",
    (kind) => [LOST, noList(kind, { times: "always", status: 500 })],
  ],
  [
    "as row 3, and the revocation fails throughout",
    (kind) => [
      LOST,
      kind === "sshKey"
        ? noList(kind, { times: "always", status: 503 })
        : { method: "DELETE", times: "always", status: 500 },
    ],
  ],
  // The listening ends between the creation and the reset.
  [IS_DOWN, [{ ...LOST, delay: 2_000 }]],
];

/** The first attempt takes place after the looks, while the second is under way: the duplicate can only be seen by the look after it. */
const DURING_SECOND = [post({ status: 502, commitAfter: 12_000 }), post({ nth: 2, delay: 10_000 })];

callRows(__filename, "Lost responses", checks, [
  ...healed.map(([number, fault, faults]): CallRow => ({ row: [number, fault], faults: faults! })),
  ...failed.map(([number, fault, each]): CallRow => ({ row: [number, fault], faults: [each] })),
  ...doubtful.flatMap(([fault, faults]) =>
    (["up", "destroy"] as const).map((next): CallRow => ({
      row: [8, `${fault}; then \`${next}\``],
      faults: faults!,
      act: unresolved(next, { isDown: fault === IS_DOWN }),
    })),
  ),
  {
    row: [3, "explicit description, the response is lost"],
    faults: [LOST],
    act: async (run) => {
      const kind = run.kind === "serviceKey" ? { service: "database" } : { scopes: ["ssh_keys:read"] };
      run.emulator.account.addApiKey({ description: "mine", ...kind, createdAt: "2024-03-05T10:00:00Z" });
      await run.create({ description: "mine" });
    },
  },
  {
    row: [9, "explicit description, the first POST commits during the second"],
    faults: DURING_SECOND,
    act: (run) => run.create({ description: "mine" }),
  },
  {
    row: [9, "the first POST commits during the second"],
    faults: DURING_SECOND,
  },
  // Nothing was found of the first attempt, and the second was refused: the first may still take place.
  ...([401, 502] as const).map((status): CallRow => ({
    row: [9, `the first POST commits 17 s late, the second answers ${status}; then \`up\``],
    faults: [post({ status: 502, commitAfter: 17_000 }), post({ nth: 2, status })],
    act: async (run) => {
      await run.stack.up();
      expect(run.stack.held("db").id).toMatch(/^unresolved\//);
      await until(() => run.live.length > 0);
      expect(run.live).toHaveLength(1);
      await run.stack.up();
    },
  })),
]);
