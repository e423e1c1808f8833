// Rows 1, 2, 10 to 13, 18 and 19: requests that never left, were told to wait, met another's key, or ran at the same time.
import type { Fault } from "../../src/emulator";
import { KIND_NAMES, KINDS, program, TRIED, TRIED_KEYS, Watched } from "../support/canaries";
import { FaultTable, requestLine } from "../support/fault-table";
import { testAll } from "../support/rare";
import { publicKey } from "../support/public-key";

const table = new FaultTable(__filename);
/** The runner's own limit ends a wait for what never comes. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}

test.concurrent.each(TRIED)(
  "row 1, %s: refused at first, then up: one live key and one accepted POST",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const plugin = await watched.process();
      // The client is loaded, so that the first attempt comes at once; three pauses last at least 150 ms.
      await watched.ended(plugin.resource(kind).read("nothing", {}));
      emulator.requests.length = 0;
      await emulator.stopListening();
      const creating = watched.create(plugin, kind);
      await new Promise((resolve) => setTimeout(resolve, 140));
      await emulator.listenAgain();
      watched.expectOnly(kind, await creating);
      expect(watched.accepted()).toBe(1);
      const requests = requestLine(emulator.requests);
      table.note({
        row: 1,
        fault: "connection refused, then up",
        resource: kind,
        result: "created",
        requests,
        live: 1,
      });
    }),
);

test.concurrent.each(TRIED)(
  "row 2, %s: a name that does not resolve is told within seconds, with the host",
  (kind) =>
    Watched.run(async (watched) => {
      const plugin = await watched.process({ "wayscloud:endpoint": "https://no-such-host.invalid" });
      const created = await watched.create(plugin, kind);
      expect(created.error?.message).toMatch(/no-such-host\.invalid.*could not be resolved/);
      expect(created.partial).toBeUndefined();
      expect(created.ms).toBeLessThan(60_000);
      expect(watched.live(kind)).toEqual([]);
      table.note({
        row: 2,
        fault: "the name does not resolve",
        resource: kind,
        result: "error naming the host",
        requests: "none",
        live: 0,
      });
    }),
);

/** Milliseconds between the arrivals of the first two requests: neither the process's start nor a busy machine counts. */
function pauseIn({ emulator }: Watched): number {
  const [first, second] = emulator.requests.map(({ time }) => time);
  return second! - first!;
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toUTCString();

test.concurrent.each([
  // A busy machine is late, but not by as much as a wait that was doubled.
  ["2", (): string => "2", 2_000, 3_900],
  // A date has whole seconds, and is compared with the answer's own Date, which has them too.
  ["an HTTP date", (): string => inSeconds(15), 1_000, 17_000],
  ["-1", (): string => "-1", 50, 1_500],
  ["garbage", (): string => "soon", 50, 1_500],
  ["NaN", (): string => "NaN", 50, 1_500],
] as const)("row 10: 429 with Retry-After %s: waits that long, and no longer", (fault, header, least, most) =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const plugin = await watched.process();
    emulator.faults.add({ method: "POST", status: 429, headers: { "retry-after": header() } });
    watched.expectOnly("serviceKey", await watched.create(plugin, "serviceKey"));
    expect(pauseIn(watched)).toBeGreaterThanOrEqual(least);
    expect(pauseIn(watched)).toBeLessThan(most);
    const requests = requestLine(emulator.requests);
    table.note({
      row: 10,
      fault: `429, Retry-After ${fault}`,
      result: "created after the wait",
      requests,
      live: 1,
    });
  }),
);

test.concurrent.each(["1e9", "3600", "Thu, 31 Dec 9998 23:59:59 GMT"])(
  "row 10: 429 with Retry-After %s: fails without another request, saying when",
  (header) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.faults.add({
        method: "POST",
        times: "always",
        status: 429,
        headers: { "retry-after": header },
      });
      const created = await watched.create(await watched.process(), "serviceKey");
      expect(created.error?.message).toMatch(/wait until \d{4}-\d\d-\d\dT/);
      expect(created.partial).toBeUndefined();
      expect(emulator.requests).toHaveLength(1);
      expect(watched.live("serviceKey")).toEqual([]);
      table.note({
        row: 10,
        fault: `429, Retry-After ${header}`,
        result: "error saying when",
        requests: "POST",
        live: 0,
      });
    }),
);

describe("row 11, an SSH key that the account has already", () => {
  const held = { name: "by hand", publicKey: publicKey("canary") };

  test.concurrent("409: the error names the holder, and nothing is deleted", () =>
    Watched.run(async (watched) => {
      const { id } = watched.emulator.account.addSshKey(held);
      const created = await watched.create(await watched.process(), "sshKey");
      expect(created.error?.message).toContain(`as "by hand" (id ${id})`);
      expect(created.partial).toBeUndefined();
      expect(watched.live("sshKey")).toMatchObject([{ id }]);
      const requests = requestLine(watched.emulator.requests);
      table.note({
        row: 11,
        fault: "409, the material is there",
        result: "error naming the holder",
        requests,
        live: 1,
      });
    }),
  );

  test.concurrent("409 with adoptExisting: taken over, and left at the end", () =>
    Watched.run(async (watched) => {
      const { id } = watched.emulator.account.addSshKey(held);
      const plugin = await watched.process();
      const created = await watched.create(plugin, "sshKey", { adoptExisting: true });
      expect(created.value).toMatchObject({ id, outputs: { adopted: true, name: "by hand" } });
      await plugin.resource("sshKey").delete(id, created.value!.outputs);
      expect(watched.live("sshKey")).toMatchObject([{ id }]);
      const requests = requestLine(watched.emulator.requests);
      table.note({
        row: 11,
        fault: "409 with adoptExisting; then `destroy`",
        result: "adopted, left there",
        requests,
        live: 1,
      });
    }),
  );

  // The 502 hides the 409; the name and the material are the same, but the key is older than the attempt.
  test.concurrent("502 hides the 409, same explicit name: the key made by hand is not taken for ours", () =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const { id } = emulator.account.addSshKey({
        ...held,
        name: "deploy",
        createdAt: "2024-03-05T10:00:00Z",
      });
      emulator.faults.add({ method: "POST", status: 502 });
      const created = await watched.create(await watched.process(), "sshKey", { name: "deploy" });
      expect(created.value).toBeUndefined();
      expect(created.error?.message).toContain(`as "deploy" (id ${id})`);
      expect(watched.live("sshKey")).toMatchObject([{ id }]);
      const requests = requestLine(emulator.requests);
      table.note({
        row: 11,
        fault: "502 hides the 409, same name",
        result: "error naming the holder",
        requests,
        live: 1,
      });
    }),
  );

  test.concurrent(
    "502 hides the 409 and the list fails: unresolved, and clearing up does not touch the key made by hand",
    () =>
      Watched.run(async (watched) => {
        const { emulator } = watched;
        const { id } = emulator.account.addSshKey({
          ...held,
          name: "deploy",
          createdAt: "2024-03-05T10:00:00Z",
        });
        emulator.faults.add({ method: "POST", status: 502 }, { method: "GET", times: "always", status: 500 });
        const { partial } = await watched.create(await watched.process(), "sshKey", { name: "deploy" });
        expect(partial?.id).toMatch(/^unresolved\//);
        emulator.faults.clear();
        const next = await watched.process();
        await next.resource("sshKey").delete(partial!.id, partial!.properties);
        expect(watched.live("sshKey")).toMatchObject([{ id }]);
        const requests = requestLine(emulator.requests);
        table.note({
          row: 11,
          fault: "502 hides the 409, the list fails; then `destroy`",
          result: "unresolved, the other's key untouched",
          requests,
          live: 1,
        });
      }),
  );
});

test.concurrent(
  "row 12: eight parallel creates of one SSH key: one owns it, the others' errors name it",
  () =>
    Watched.run(async (watched) => {
      const plugin = await watched.process();
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, index) => watched.create(plugin, "sshKey", { name: `twin-${index}` })),
      );
      const [owner, ...none] = all.filter(({ value }) => value !== undefined);
      expect(none).toEqual([]);
      watched.expectOnly("sshKey", owner!);
      for (const { error } of all.filter((each) => each !== owner)) {
        expect(error?.message).toContain(
          `named "${owner!.value!.outputs["name"] as string}" in the account, already manages the same public key`,
        );
      }
      const requests = requestLine(watched.emulator.requests);
      table.note({
        row: 12,
        fault: "one SSH key, eight parallel creates",
        result: "one owner, seven errors naming it",
        requests,
        live: 1,
      });
    }),
);

test.concurrent("row 12: when the owner fails, its material is free again", () =>
  Watched.run(async (watched) => {
    const plugin = await watched.process();
    watched.emulator.faults.add({ method: "POST", status: 403 });
    expect((await watched.create(plugin, "sshKey")).error?.message).toContain("403");
    watched.expectOnly("sshKey", await watched.create(plugin, "sshKey"));
  }),
);

const TOGETHER: [string, Fault | undefined][] = [
  ["without a fault", undefined],
  ["both responses lost", { method: "POST", reset: true, commit: true }],
  ["both creations 5 s late", { method: "POST", reset: true, commitAfter: 5_000 }],
];

test.concurrent.each(
  TOGETHER.flatMap(([fault, damage]) => TRIED_KEYS.map((kind) => [fault, kind, damage] as const)),
)(
  "row 13: two processes at once, same logical names, %s, %s: two distinct keys, no cross-delete",
  (fault, kind, damage) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const processes = await Promise.all([watched.process(), watched.process()]);
      const made = await Promise.all(
        processes.map(async (each) => {
          const { inputs } = await each.resource(kind).check({}, program(kind));
          // Each loses its first answer: the descriptions differ in their marks.
          if (damage) emulator.faults.add({ ...damage, contains: inputs["description"] });
          return () => watched.ended(each.resource(kind).create(inputs));
        }),
      );
      const both = await Promise.all(made.map((create) => create()));
      expect(both.map(({ error }) => error?.message)).toEqual([undefined, undefined]);
      const ids = both.map(({ value }) => value?.id);
      expect(new Set(ids).size).toBe(2);
      expect(ids.sort()).toEqual(
        watched
          .live(kind)
          .map(({ id }) => id)
          .sort(),
      );
      const keys = new Set(watched.live(kind).map(({ key }) => key));
      expect(both.every(({ value }) => keys.delete(value?.outputs["key"]))).toBe(true);
      table.note({
        row: 13,
        fault: `two stacks at once, ${fault}`,
        resource: kind,
        result: "two distinct keys",
        requests: `${watched.accepted()} accepted POSTs`,
        live: 2,
      });
    }),
);

test.concurrent.each(TRIED_KEYS)(
  "row 13: two processes with the same explicit description, %s: a lost answer revokes nothing of the other's",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const processes = await Promise.all([watched.process(), watched.process()]);
      const description = "shared";
      emulator.faults.add({ method: "POST", reset: true, commit: true });
      const both = await Promise.all(processes.map((each) => watched.create(each, kind, { description })));
      const lost = both.find(({ error }) => error !== undefined);
      const kept = both.find(({ value }) => value !== undefined);
      const ids = watched.live(kind).map(({ id }) => id);
      expect(ids).toHaveLength(2);
      expect(ids).toContain(kept?.value?.id);
      for (const id of ids.filter((each) => each !== kept?.value?.id))
        expect(lost?.error?.message).toContain(id);
      expect(emulator.requests.some(({ method }) => method === "DELETE")).toBe(false);
      table.note({
        row: 13,
        fault: "two stacks, one explicit description, one response lost",
        resource: kind,
        result: "error naming the ids",
        requests: "2 accepted POSTs, no DELETE",
        live: 2,
      });
    }),
);

test.concurrent.each(TRIED_KEYS)(
  "explicit description, %s: a lost answer revokes nothing, and the error names id and creation time",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.account.addApiKey({
        description: "mine",
        ...(kind === "serviceKey" ? { service: "database" } : { scopes: ["ssh_keys:read"] }),
        createdAt: "2024-03-05T10:00:00Z",
      });
      emulator.faults.add({ method: "POST", reset: true, commit: true });
      const created = await watched.create(await watched.process(), kind, { description: "mine" });
      const [old, lost] = emulator.account.liveApiKeys();
      expect(created.partial).toBeUndefined();
      expect(created.error?.message).toContain(`${lost!.id} (created ${lost!.createdAt};`);
      expect(created.error?.message).not.toContain(old!.id);
      table.note({
        row: 3,
        fault: "explicit description, the response is lost",
        resource: kind,
        result: "error naming id and time",
        requests: requestLine(emulator.requests),
        live: watched.live(kind).length,
      });
    }),
);

/** The first attempt takes place after the looks, while the second is under way: the twin can only be seen by the look after it. */
const DURING_SECOND: Fault[] = [
  { method: "POST", status: 502, commitAfter: 12_000 },
  { method: "POST", nth: 2, delay: 10_000 },
];

test.concurrent.each(TRIED_KEYS)(
  "explicit description, %s: a late duplicate of the first attempt is named, not kept secret",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.faults.add(...DURING_SECOND);
      const plugin = await watched.process();
      const created = await watched.create(plugin, kind, { description: "mine" });
      const ids = watched.live(kind).map(({ id }) => id);
      expect(ids).toHaveLength(2);
      expect(ids).toContain(created.value?.id);
      const [twin] = ids.filter((id) => id !== created.value?.id);
      expect(plugin.stderr()).toContain(twin);
      table.note({
        row: 9,
        fault: "explicit description, the first POST commits during the second",
        resource: kind,
        result: "created, the duplicate mentioned",
        requests: requestLine(emulator.requests),
        live: 2,
      });
    }),
);

test.concurrent.each(TRIED_KEYS)(
  "row 9, %s: a first POST that commits during the second is removed",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.faults.add(...DURING_SECOND);
      watched.expectOnly(kind, await watched.create(await watched.process(), kind));
      table.note({
        row: 9,
        fault: "the first POST commits during the second",
        resource: kind,
        result: "created",
        requests: requestLine(emulator.requests),
        live: 1,
      });
    }),
);

// Nothing was found of the first attempt, and the second was refused: the first may still take place.
test.concurrent.each([
  ...TRIED_KEYS.map((kind) => [kind, 401] as const),
  ...TRIED_KEYS.map((kind) => [kind, 502] as const),
])(
  "row 9, %s: the first POST commits after all looks and the second answers %d: never forgotten",
  (kind, status) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      emulator.faults.add(
        { method: "POST", status: 502, commitAfter: 17_000 },
        { method: "POST", nth: 2, status },
      );
      const created = await watched.create(await watched.process(), kind);
      await until(() => watched.live(kind).length > 0);
      expect(watched.live(kind)).toHaveLength(1);
      // It stands in the state as unresolved, so the next run finds it.
      expect(created.partial?.id).toMatch(/^unresolved\//);
      const next = await watched.process();
      const state = { id: created.partial!.id, outputs: created.partial!.properties };
      watched.expectOnly(kind, await watched.up(next, kind, state));
      const fault = `the first POST commits 17 s late, the second answers ${status}; then \`up\``;
      table.note({
        row: 9,
        fault,
        resource: kind,
        result: "unresolved, then cleaned up",
        requests: requestLine(emulator.requests),
        live: 1,
      });
    }),
);

test.concurrent.each(TRIED)(
  "row 18, %s: a key created while a refresh's list is in flight is never reported gone",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const plugin = await watched.process();
      const old = await watched.create(
        plugin,
        kind,
        kind === "sshKey" ? { publicKey: publicKey("old") } : {},
      );
      // The list is drawn up at once and arrives 2 s later.
      emulator.faults.add({ method: "GET", path: KINDS[kind].list, delay: 2_000 });
      const methods = plugin.resource(kind);
      const reading = methods.read(old.value!.id, old.value!.outputs);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const young = await watched.create(plugin, kind);
      const [oldRead, youngRead] = await Promise.all([
        reading,
        methods.read(young.value!.id, young.value!.outputs),
      ]);
      expect(oldRead.id).toBe(old.value!.id);
      expect(youngRead.id).toBe(young.value!.id);
      if (kind !== "sshKey") expect(youngRead.outputs["key"] === young.value!.outputs["key"]).toBe(true);
      table.note({
        row: 18,
        fault: "created while a list is in flight",
        resource: kind,
        result: "both read",
        requests: requestLine(emulator.requests),
        live: watched.live(kind).length,
      });
    }),
);

const DELETIONS: [string, Fault[]][] = [
  ["404", [{ method: "DELETE", status: 404, commit: true }]],
  ["never answered, but done", [{ method: "DELETE", hang: true, commit: true }]],
  ["never answered, and not done", [{ method: "DELETE", hang: true }]],
  ["500, then 404", [{ method: "DELETE", status: 500, commit: true }]],
  ["reset, then 404", [{ method: "DELETE", reset: true, commit: true }]],
  ["429, then done", [{ method: "DELETE", status: 429, headers: { "retry-after": "1" } }]],
  ["a response cut in half", [{ method: "DELETE", truncate: true }]],
  ["a 200 that is HTML, but done", [{ method: "DELETE", status: 200, body: "<html>", commit: true }]],
];

test.concurrent.each(DELETIONS)("row 19, delete answers %s: success, and nothing lives", (fault, faults) =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const plugin = await watched.process();
    await Promise.all(
      KIND_NAMES.map(async (kind) => {
        const { value } = await watched.create(plugin, kind);
        const path = `${KINDS[kind].list}/${value!.id}`;
        emulator.faults.add(...faults.map((each) => ({ ...each, path })));
        const gone = await watched.ended(plugin.resource(kind).delete(value!.id, value!.outputs));
        expect(gone.error).toBeUndefined();
        expect(watched.live(kind)).toEqual([]);
        const requests = requestLine(emulator.requests, path);
        table.note({
          row: 19,
          fault: `delete: ${fault}`,
          resource: kind,
          result: "success",
          requests,
          live: 0,
        });
      }),
    );
  }),
);

test.concurrent.each(TRIED)(
  "row 19, delete is refused or confirms nothing, %s: an error, so that the state keeps the key",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const plugin = await watched.process();
      const { value } = await watched.create(plugin, kind);
      for (const fault of [
        { status: 403 },
        { body: { success: false } },
        { body: "<html>" },
        { status: 302, redirect: "/" },
      ]) {
        emulator.faults.add({ method: "DELETE", ...fault });
        const gone = await watched.ended(plugin.resource(kind).delete(value!.id, value!.outputs));
        expect([fault, gone.error?.message]).toEqual([fault, expect.stringMatching(/failed: DELETE /)]);
      }
      expect(watched.live(kind)).toHaveLength(1);
    }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare({ partial: !testAll }));
