// Rows 1, 2, 10 to 13, 18 and 19: requests that never left, were told to wait, met another's key, or ran at the same time.
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Fault, NewSshKey } from "../../../src/emulator";
import { type Created, type Ended, KIND_NAMES, KINDS } from "../../support/canaries";
import { type CallRow, type CallRun, callRows } from "../../support/fault-rows";
import { requestLine } from "../../support/fault-table";
import type { Properties } from "../../support/provider-client";
import { publicKey } from "../../support/public-key";
import { until } from "../../support/until";

/** Milliseconds between the arrivals of the first two requests: neither the process's start nor a busy machine counts. */
function pauseIn({ emulator }: CallRun): number {
  const [first, second] = emulator.requests.map(({ time }) => time);
  return second! - first!;
}

const waited = (least: number) => (run: CallRun) => {
  run.watched.expectOnly("serviceKey", run.made);
  expect(pauseIn(run)).toBeGreaterThanOrEqual(least);
  // A busy machine is late, but not by as much as the longest wait that a server may ask for.
  expect(pauseIn(run)).toBeLessThan(50_000);
};

const checks = {
  created: ({ watched, kind, made }: CallRun) => watched.expectOnly(kind, made),
  "error naming the host": ({ made, said }: CallRun) => {
    expect(said).toMatch(/no-such-host\.invalid.*could not be resolved/);
    expect(made.partial).toBeUndefined();
    // The deadline of an operation is 120 s; the first failure to resolve says enough.
    expect(made.ms).toBeLessThan(60_000);
  },
  "created after 2 s": waited(2_000),
  // A date has whole seconds, and is compared with the answer's own Date, which has them too.
  "created at that time": waited(1_000),
  "created after a pause of the package's choice": waited(50),
  "error that says when to try again": ({ made, said }: CallRun) => {
    expect(said).toMatch(/wait until \d{4}-\d\d-\d\dT/);
    expect(made.partial).toBeUndefined();
  },
  "error naming the holder": ({ emulator, made, said }: CallRun) => {
    const { id, name } = emulator.account.sshKeys()[0]!;
    expect([made.value, made.partial]).toEqual([undefined, undefined]);
    expect(said).toContain(`as "${name}" (id ${id})`);
  },
  "adopted, then kept": ({ made, live }: CallRun) => {
    expect(made.value).toMatchObject({ id: live[0], outputs: { adopted: true, name: "by hand" } });
  },
  "unresolved, the key of the other resource is unchanged": ({ made, live, watched }: CallRun) => {
    expect(made.partial?.id).toMatch(/^unresolved\//);
    expect(watched.live("sshKey")).toMatchObject([{ id: live[0], name: "deploy" }]);
  },
  "one owner, seven errors naming it": (run: CallRun) => {
    const [owner, ...none] = run.several.filter(({ value }) => value !== undefined);
    expect(none).toEqual([]);
    run.watched.expectOnly("sshKey", owner!);
    const manages = `named "${String(owner!.value!.outputs["name"])}" in the account, already manages the same public key`;
    for (const each of run.several) if (each !== owner) expect(each.error?.message).toContain(manages);
  },
  "two distinct keys": (run: CallRun) => {
    const both = run.several;
    expect(both.map(({ error }) => error?.message)).toEqual([undefined, undefined]);
    expect(both.map(({ value }) => value?.id).sort()).toEqual([...run.live].sort());
    const keys = new Set(run.watched.live(run.kind).map(({ key }) => key));
    expect(both.every(({ value }) => keys.delete(String(value?.outputs["key"])))).toBe(true);
  },
  "error naming the other's id": (run: CallRun) => {
    const lost = run.several.find(({ error }) => error !== undefined);
    const kept = run.several.find(({ value }) => value !== undefined)?.value?.id;
    expect(run.live).toContain(kept);
    for (const id of run.live.filter((each) => each !== kept)) expect(lost?.error?.message).toContain(id);
    expect(run.emulator.requests.some(({ method }) => method === "DELETE")).toBe(false);
  },
  "both read": ({ ended, live }: CallRun) => {
    const ids = ended.map(({ value }) => (value as Created).id);
    expect([...ids].sort()).toEqual([...live].sort());
  },
  success: ({ ended }: CallRun) =>
    expect(ended.map(({ error }) => error)).toEqual(ended.map(() => undefined)),
  "error, the state keeps the key": ({ ended }: CallRun) => {
    for (const { error } of ended) expect(error?.message).toMatch(/failed: DELETE /);
  },
};

const retryAfter = (value: string, times: Fault["times"] = 1): Fault[] => [
  { method: "POST", times, status: 429, headers: { "retry-after": value } },
];

const held = { name: "by hand", publicKey: publicKey("canary") };
const older = { ...held, name: "deploy", createdAt: "2024-03-05T10:00:00Z" };

/** Creates an SSH key while the account has this one. */
const createBeside =
  (key: NewSshKey, more: Properties = {}) =>
  (run: CallRun): Promise<Ended<Created>> => {
    run.emulator.account.addSshKey(key);
    return run.create(more);
  };

/** Two processes create under the same logical name at once. */
const twoAtOnce =
  (damage?: Fault, more: Properties = {}) =>
  async (run: CallRun): Promise<string> => {
    const { watched, emulator, kind } = run;
    const processes = [await watched.process(), await watched.process()];
    const calls = await Promise.all(
      processes.map(async (each) => {
        const { inputs } = await each.resource(kind).check({}, { ...KINDS[kind].inputs, ...more });
        // Each loses its first answer: the descriptions differ in their marks.
        if (damage) emulator.faults.add({ method: "POST", ...damage, contains: inputs["description"] });
        return () => watched.ended(each.resource(kind).create(inputs));
      }),
    );
    run.several = await Promise.all(calls.map((create) => create()));
    const accepted = emulator.requests.filter(({ method, committed }) => method === "POST" && committed);
    return `${accepted.length} accepted POSTs`;
  };

const deletions: Record<string, Fault> = {
  "404": { status: 404, commit: true },
  "never answered, but done": { hang: true, commit: true },
  "never answered, and not done": { hang: true },
  "500, then 404": { status: 500, commit: true },
  "reset, then 404": { reset: true, commit: true },
  "429, then done": { status: 429, headers: { "retry-after": "1" } },
  "a response cut in half": { truncate: true },
  "a 200 that is HTML, but done": { status: 200, body: "<html>", commit: true },
};
const REFUSALS: Fault[] = [
  { status: 403 },
  { body: { success: false } },
  { body: "<html>" },
  { status: 302, redirect: "/" },
];

callRows(__filename, "Failed and concurrent requests", checks, [
  {
    row: [1, "connection refused, then up"],
    act: async (run) => {
      // Three pauses of at most 0.5, 1 and 2 s; the client is loaded, so that the first attempt comes at once.
      const provider = await run.process(
        {},
        { preload: resolve(__dirname, "../../support/long-pauses.cjs") },
      );
      await run.end(provider.resource(run.kind).read("nothing", {}));
      run.forget();
      await run.emulator.stopListening();
      const creating = run.create();
      await sleep(300);
      await run.emulator.listenAgain();
      await creating;
    },
  },
  {
    row: [2, "the name does not resolve"],
    act: async (run) => {
      await run.process({ "wayscloud:endpoint": "https://no-such-host.invalid" });
      await run.create();
    },
  },
  ...["2", "-1", "garbage", "NaN"].map((value): CallRow => ({
    row: [10, `429, Retry-After ${value}`],
    faults: retryAfter(value),
  })),
  {
    row: [10, "429, Retry-After an HTTP date"],
    faults: () => retryAfter(new Date(Date.now() + 15_000).toUTCString()),
  },
  ...["1e9", "3600", "Thu, 31 Dec 9998 23:59:59 GMT"].map((value): CallRow => ({
    row: [10, `429, Retry-After ${value}`],
    faults: retryAfter(value, "always"),
  })),
  { row: [11, "409, the SSH key exists already"], act: createBeside(held) },
  {
    row: [11, "409 with adoptExisting; then `destroy`"],
    act: async (run) => {
      const { value } = await createBeside(held, { adoptExisting: true })(run);
      await (await run.methods()).delete(value!.id, value!.outputs);
    },
  },
  {
    row: [11, "502 hides the 409, same name"],
    faults: [{ method: "POST", status: 502 }],
    act: createBeside(older, { name: "deploy" }),
  },
  {
    row: [11, "502 hides the 409, the list fails; then `destroy`"],
    faults: [
      { method: "POST", status: 502 },
      { method: "GET", times: "always", status: 500 },
    ],
    act: async (run) => {
      const { partial } = await createBeside(older, { name: "deploy" })(run);
      run.emulator.faults.clear();
      const next = await run.watched.process();
      await next.resource("sshKey").delete(partial!.id, partial!.properties);
    },
  },
  {
    row: [12, "one SSH key, eight parallel creates"],
    act: async (run) => {
      await run.process();
      const creating = Array.from({ length: 8 }, (_, at) => run.create({ name: `twin-${at}` }));
      run.several = await Promise.all(creating);
    },
  },
  {
    row: [12, "one SSH key, the first of two creates answered 403"],
    faults: [{ method: "POST", status: 403 }],
    act: async (run) => {
      expect((await run.create()).error?.message).toContain("403");
      await run.create();
    },
  },
  { row: [13, "two stacks at once, without a fault"], act: twoAtOnce() },
  { row: [13, "two stacks at once, both responses lost"], act: twoAtOnce({ reset: true, commit: true }) },
  {
    row: [13, "two stacks at once, both creations 5 s late"],
    act: twoAtOnce({ reset: true, commitAfter: 5_000 }),
  },
  {
    row: [13, "two stacks, one explicit description, one response lost"],
    faults: [{ method: "POST", reset: true, commit: true }],
    act: twoAtOnce(undefined, { description: "shared" }),
  },
  {
    row: [18, "created while a list is in flight"],
    act: async (run) => {
      const other = run.kind === "sshKey" ? { publicKey: publicKey("old") } : {};
      const { value: old } = await run.create(other);
      // The list is drawn up at once and arrives 2 s later.
      run.emulator.faults.add({ method: "GET", path: KINDS[run.kind].list, delay: 2_000 });
      const methods = await run.methods();
      const reading = run.end(methods.read(old!.id, old!.outputs));
      await until(() => run.emulator.requests.some(({ method }) => method === "GET"));
      const { value: young } = await run.create();
      const read = await run.end(methods.read(young!.id, young!.outputs));
      expect(read.value?.outputs["key"] === young!.outputs["key"]).toBe(true);
      await reading;
    },
  },
  ...Object.entries(deletions).map(([what, fault]): CallRow => ({
    row: [19, `delete: ${what}`],
    act: async (run) => {
      // Those of all kinds, whose requests are equal.
      const lines = await Promise.all(
        KIND_NAMES.map(async (kind) => {
          const { value } = await run.watched.create(await run.process(), kind);
          const path = `${KINDS[kind].list}/${value!.id}`;
          run.emulator.faults.add({ method: "DELETE", ...fault, path });
          await run.end((await run.methods(kind)).delete(value!.id, value!.outputs));
          return requestLine(run.emulator.requests, path);
        }),
      );
      expect(new Set(lines).size).toBe(1);
      return lines[0];
    },
  })),
  {
    row: [19, "delete: refused, or a 200 that confirms nothing"],
    act: async (run) => {
      const { value } = await run.create();
      run.forget();
      for (const fault of REFUSALS) {
        run.emulator.faults.add({ method: "DELETE", ...fault });
        await run.end((await run.methods()).delete(value!.id, value!.outputs));
      }
    },
  },
]);
