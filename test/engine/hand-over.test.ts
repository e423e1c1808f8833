// Ownership across commands of the real engine: a key that passes from one resource to another, or whose replacement names it again, stays alive.
import type { Emulator } from "../../src/emulator";
import { FaultTable, requestLine } from "../support/fault-table";
import {
  API_KEYS,
  changesIn,
  type EngineStack,
  openStack,
  program,
  publicKey,
  secretsOf,
  SSH_KEYS,
  takeRequests,
} from "../support/engine";

const table = new FaultTable(__filename, "Hand-overs and deletions, under the engine");
const live = (emulator: Emulator): string[] => emulator.account.liveApiKeys().map(({ id }) => id);
const held = async (stack: EngineStack): Promise<Record<string, string | undefined>> =>
  Object.fromEntries((await stack.resources()).map(({ urn, id }) => [urn.split("::").at(-1)!, id]));

test("a key imported under a new name survives an interrupted `pulumi up` and the next, and is revoked at the end", async () => {
  const { emulator, stack } = await openStack({ program: program("") });
  const byHand = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  const existing = JSON.stringify({ id: byHand.id, key: byHand.key });
  const key = (name: string): string =>
    `new wayscloud.ServiceKey("${name}", { service: "dns", existing: ${existing} });\n`;
  const other = `new wayscloud.SshKey("other", { publicKey: "${publicKey(1)}" });\n`;
  stack.setProgram(program(key("before")));
  await stack.up();

  stack.setProgram(program(key("after") + other));
  emulator.faults.add({ method: "POST", path: SSH_KEYS, status: 403, times: "always" });
  await stack.up([], { fails: true });
  expect(await held(stack)).toEqual({ before: byHand.id, after: byHand.id });
  emulator.faults.clear();

  takeRequests(emulator);
  const next = await stack.up();
  expect(next.all).toContain("another resource manages it now");
  const fault = "`existing` under another name, the run fails between take-over and deletion; `up`";
  note(emulator, 26, fault, "handed over, nothing revoked");
  expect(takeRequests(emulator)).toEqual([`POST ${SSH_KEYS}`]);
  expect(live(emulator)).toContain(byHand.id);
  expect(await held(stack)).toMatchObject({ after: byHand.id });
  await stack.preview(["--expect-no-changes"]);
  stack.assertNoSecrets(secretsOf(emulator));
  await stack.destroy();
  expect(live(emulator)).not.toContain(byHand.id);
});

test("`up --replace` with `existing` declared is rejected and loses nothing; without it, it rotates", async () => {
  const { emulator, stack } = await openStack({ program: program("") });
  const byHand = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  const existing = `existing: ${JSON.stringify({ id: byHand.id, key: byHand.key })}`;
  const key = (more: string, opts = "{}"): string =>
    program(`new wayscloud.ServiceKey("dns", { service: "dns", ${more} }, ${opts});`);
  stack.setProgram(key(existing));
  await stack.up();
  stack.setProgram(key(existing, '{ ignoreChanges: ["existing"] }'));
  takeRequests(emulator);
  for (let run = 0; run < 3; run += 1) expect(changesIn(await stack.up())).toEqual({ unchanged: 2 });
  note(emulator, 30, '`ignoreChanges: ["existing"]`; `up` three times', "no change");
  stack.setProgram(key(existing));
  const { urn } = await stack.resource("dns");

  takeRequests(emulator);
  const rejected = await stack.up(["--replace", urn], { fails: true });
  expect(rejected.all).toContain(
    "`existing` let the new resource take the same key again. Nothing was revoked.",
  );
  expect(live(emulator)).toContain(byHand.id);
  note(emulator, 30, "`up --replace` with `existing`", "refused, nothing revoked");
  stack.setProgram(key(""));
  await stack.up();
  expect(await held(stack)).toEqual({ dns: byHand.id });
  expect(live(emulator)).toContain(byHand.id);

  takeRequests(emulator);
  await stack.up(["--replace", urn]);
  note(emulator, 30, "`up --replace` once `existing` is removed", "rotated");
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/service`, `DELETE ${API_KEYS}/${byHand.id}`]);
  const { dns } = await held(stack);
  expect(live(emulator)).toContain(dns);
  expect(live(emulator)).not.toContain(byHand.id);
});

test("two resources that name one key are rejected, in either order, and nothing is revoked", async () => {
  const { emulator, stack } = await openStack({ program: program("") });
  const byHand = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  const existing = `{ service: "dns", existing: ${JSON.stringify({ id: byHand.id, key: byHand.key })} }`;
  const key = (name: string): string => `new wayscloud.ServiceKey("${name}", ${existing});\n`;
  stack.setProgram(program(key("one")));
  await stack.up();
  for (const order of ["one, two", "two, one"]) {
    stack.setProgram(program(order.split(", ").map(key).join("")));
    takeRequests(emulator);
    const { all } = await stack.up([], { fails: true });
    expect(all).toMatch(/another resource of this program already manages the key|manage the same key/);
    expect(live(emulator)).toContain(byHand.id);
    // How far the second one comes before the engine stops is a matter of time.
    expect(["", "GET"]).toContain(emulator.requests.map(({ method }) => method).join());
    table.note({
      row: 27,
      fault: `two resources name one key, declared ${order}; the state holds one`,
      result: "refused, nothing revoked",
      requests: "at most a GET",
      live: live(emulator).length,
    });
  }
  stack.setProgram(program(key("one")));
  await stack.up();
  expect(await held(stack)).toEqual({ one: byHand.id });
  expect(live(emulator)).toContain(byHand.id);
});

test("a deletion that is answered 404 counts only where the account's list agrees: a wrong base path loses nothing", async () => {
  const { emulator, stack } = await openStack({
    program: program('new wayscloud.ServiceKey("dns", { service: "dns" });'),
  });
  await stack.up();
  const { id } = await stack.resource("dns");
  const endpoint = stack.env["WAYSCLOUD_ENDPOINT"]!;
  stack.env["WAYSCLOUD_ENDPOINT"] = `${endpoint}/base`;
  takeRequests(emulator);
  await stack.destroy([], { fails: true });
  expect([live(emulator), await held(stack)]).toEqual([expect.arrayContaining([id]), { dns: id }]);
  note(emulator, 31, "a wrong base path; `destroy`", "error, nothing forgotten");
  stack.env["WAYSCLOUD_ENDPOINT"] = endpoint;
  emulator.account.remove(id!);
  takeRequests(emulator);
  await stack.destroy();
  note(emulator, 31, "404, really gone; `destroy`", "success");
  // A key this young is looked for three times, in case the list lags.
  const looks = [1, 2, 3].map(() => `GET ${API_KEYS}`);
  expect(takeRequests(emulator)).toEqual([`DELETE ${API_KEYS}/${id!}`, ...looks]);
});

test("docs/fault-table.md says what these tests saw", () => table.compare());

/** What the commands since the last look at the requests have asked for, and what lives now. */
function note(emulator: Emulator, row: number, fault: string, result: string): void {
  const requests = requestLine(emulator.requests);
  table.note({ row, fault, result, requests, live: live(emulator).length });
}
