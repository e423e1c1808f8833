// Lost answers (rows 3 to 9): whatever became of a POST, exactly one key lives at the end and the state has it, or nothing lives, or it is named.
import type { Fault } from "../../src/emulator";
import { KIND_NAMES, KINDS, TRIED, TRIED_KEYS, Watched } from "../support/canaries";
import { FaultTable, requestLine } from "../support/fault-table";
import type { ResourceName } from "../support/provider-process";
import { testAll } from "../support/rare";

const table = new FaultTable(__filename);

/** The parts of a fault that make no sense for every kind. */
type Damage = (kind: ResourceName) => Fault[];
const always =
  (...faults: Fault[]): Damage =>
  () =>
    faults;

const HEALED: [number, string, Damage][] = [
  [3, "created, then the connection is reset", always({ method: "POST", reset: true, commit: true })],
  [3, "reset before anything is created", always({ method: "POST", reset: true })],
  [4, "created, never answered", always({ method: "POST", hang: true, commit: true })],
  [5, "201 cut in half", always({ method: "POST", truncate: true })],
  [6, "201 that is not JSON", always({ method: "POST", malformed: true })],
  [
    6,
    "201 without its main field",
    (kind) => [{ method: "POST", omit: [kind === "sshKey" ? "fingerprint" : "key"] }],
  ],
  [7, "502 after the creation", always({ method: "POST", status: 502, commit: true })],
  [7, "502 without a creation", always({ method: "POST", status: 502 })],
  [7, "408 after the creation", always({ method: "POST", status: 408, commit: true })],
  [
    8,
    "as row 3, and the list works only at the third look",
    (kind) => [
      { method: "POST", reset: true, commit: true },
      // A look is four attempts.
      { method: "GET", path: KINDS[kind].list, times: 8, status: 500 },
    ],
  ],
  [
    9,
    "the creation takes place 5 s after the reset",
    always({ method: "POST", reset: true, commitAfter: 5_000 }),
  ],
];

const healed = HEALED.flatMap(([row, fault, damage]) =>
  TRIED.map((kind) => [row, fault, kind, damage] as const),
);

test.concurrent.each(healed)(
  "row %d, %s, %s: one live key, and the state's key is that one",
  (row, fault, kind, damage) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.faults.add(...damage(kind));
      const created = await watched.create(await watched.process(), kind);
      watched.expectOnly(kind, created);
      expect(created.ms).toBeLessThan(120_000);
      // An SSH key is no secret: it is kept where it was found. A key whose secret was lost is revoked, and created once more.
      const kept =
        kind === "sshKey" || fault.includes("without a creation") || fault.includes("before anything");
      expect(watched.accepted()).toBe(kept ? 1 : 2);
      const requests = requestLine(emulator.requests);
      table.note({
        row,
        fault,
        resource: kind,
        result: "created",
        requests,
        live: watched.live(kind).length,
      });
    }),
);

const FAILED: [number, string, Damage, string][] = [
  [
    3,
    "every response is lost, every creation takes place",
    always({ method: "POST", times: "always", reset: true, commit: true }),
    "error",
  ],
  [6, "every 201 is not JSON", always({ method: "POST", times: "always", malformed: true }), "error"],
  [6, "every 201 is without its key", always({ method: "POST", times: "always", omit: ["key"] }), "error"],
  [
    7,
    "every response is 502, every creation takes place",
    always({ method: "POST", times: "always", status: 502, commit: true }),
    "error",
  ],
];

const failed = FAILED.flatMap(([row, fault, damage]) =>
  TRIED_KEYS.map((kind) => [row, fault, kind, damage] as const),
);

test.concurrent.each(failed)("row %d, %s, %s: an error, and nothing lives", (row, fault, kind, damage) =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    emulator.faults.add(...damage(kind));
    const created = await watched.create(await watched.process(), kind);
    expect(created.partial).toBeUndefined();
    expect(created.error?.message).toMatch(/^Creating the .* failed: POST /);
    expect(watched.live(kind)).toEqual([]);
    expect(watched.accepted()).toBe(2);
    table.note({
      row,
      fault,
      resource: kind,
      result: "error",
      requests: requestLine(emulator.requests),
      live: 0,
    });
  }),
);

/** Rows where the run cannot find out: the creation is kept as unresolved. */
const UNRESOLVED: [number, string, Damage][] = [
  [
    8,
    "as row 3, and the list fails throughout",
    (kind) => [
      { method: "POST", reset: true, commit: true },
      { method: "GET", path: KINDS[kind].list, times: "always", status: 500 },
    ],
  ],
  [
    8,
    "as row 3, and the revocation fails throughout",
    (kind) => [
      { method: "POST", reset: true, commit: true },
      ...(kind === "sshKey"
        ? [{ method: "GET", path: KINDS[kind].list, times: "always", status: 503 } as const]
        : [{ method: "DELETE", times: "always", status: 500 } as const]),
    ],
  ],
  [8, "as row 3, and nothing listens any more", always({ method: "POST", reset: true, commit: true })],
];

/** API keys differ in nothing here; only the first variation is tried with every kind, the others with SSH keys and one kind of them. */
const unresolved = UNRESOLVED.flatMap(([row, fault, damage], index) =>
  (index === 0 ? TRIED : KIND_NAMES.filter((kind, at) => kind === "sshKey" || at === index - 1)).flatMap(
    (kind) => (["up", "destroy"] as const).map((next) => [row, fault, kind, next, damage] as const),
  ),
);

test.concurrent.each(unresolved)(
  "row %d, %s, %s: unresolved, and the next %s heals it",
  (row, fault, kind, next, damage) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.faults.add(...damage(kind));
      const first = await watched.process();
      if (fault.includes("nothing listens")) {
        const { length } = emulator.requests;
        const cut = setInterval(() => {
          if (emulator.requests.length === length) return;
          clearInterval(cut);
          void emulator.stopListening();
        }, 1);
      }
      const created = await watched.create(first, kind);
      const { partial } = created;
      expect(partial?.id).toMatch(/^unresolved\/[0-9a-f]{7}$/);
      expect(partial?.hasProvider).toBe(true);
      expect(partial?.properties).toMatchObject({ ...KINDS[kind].inputs, unresolved: true });
      expect(partial?.reasons).toHaveLength(1);
      expect(watched.live(kind)).toHaveLength(1);

      // It stays unresolved through a refresh, which says nothing about it.
      const state = { id: partial!.id, outputs: partial!.properties };
      const second = await watched.process();
      expect(await second.resource(kind).read(state.id, state.outputs)).toMatchObject(state);
      emulator.faults.clear();
      if (fault.includes("nothing listens")) await emulator.listenAgain();
      const before = emulator.requests.length;
      if (next === "up") watched.expectOnly(kind, await watched.up(second, kind, state));
      else {
        await second.resource(kind).delete(state.id, state.outputs);
        expect(watched.live(kind)).toEqual([]);
      }
      table.note({
        row,
        fault: `${fault}; then \`${next}\``,
        resource: kind,
        result: "unresolved, then cleaned up",
        requests: requestLine(emulator.requests.slice(before)),
        live: watched.live(kind).length,
      });
    }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare({ partial: !testAll }));
