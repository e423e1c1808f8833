// Row 8 and its relatives under the real engine: what could not be cleared up stays in the state, and the next `up` or `destroy` clears it up.
import type { Emulator } from "../../src/emulator";
import { FaultTable, requestLine } from "../support/fault-table";
import {
  changesIn,
  type EngineStack,
  liveIds,
  openStack,
  program,
  publicKey,
  secretsOf,
} from "../support/engine";

const table = new FaultTable(__filename, "What could not be cleaned up, under the engine");

const resources = (trigger: string): string =>
  program(`
  const quarter = { quarter: "${trigger}" };
  new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: quarter });
  new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"], rotationTriggers: quarter });
  new wayscloud.RotatingServiceKey("rotating", { service: "dns", rotateEveryDays: 30, overlapDays: 7, rotationTriggers: quarter });
  new wayscloud.SshKey("deploy", { publicKey: "${publicKey(trigger)}" });`);

/** Every creation takes place and is lost, and no list can be read. */
function loseEverything({ faults }: Emulator): void {
  faults.add({ method: "POST", times: "always", reset: true, commit: true });
  faults.add({ method: "GET", times: "always", status: 500 });
}

const unresolved = /^unresolved\/[0-9a-f]{7}$/;
const idsIn = async (stack: EngineStack): Promise<string[]> =>
  (await stack.resources()).map(({ id }) => id ?? "");

/** Live keys are exactly the state's; a rotating key names its own in its outputs. */
async function expectOnlyTheState(emulator: Emulator, stack: EngineStack): Promise<void> {
  const state = await stack.resources();
  expect(
    state.filter(({ id, initErrors, delete: old }) => unresolved.test(id!) || initErrors || old),
  ).toEqual([]);
  const held = state.flatMap(({ id, outputs }) =>
    outputs?.["keyId"] === undefined
      ? [id]
      : [outputs["keyId"] as string, outputs["previousKeyId"] as string],
  );
  const live = liveIds(emulator);
  expect(live.sort()).toEqual(held.filter((id) => typeof id === "string").sort());
}

test("row 8, lost while no list can be read: unresolved, also after a refresh, until `up` or `destroy` cleans up", async () => {
  const { emulator, stack } = await openStack({ program: resources("Q1") });
  const live = (): number => emulator.account.liveApiKeys().length + emulator.account.sshKeys().length;

  loseEverything(emulator);
  const lost = await stack.up(["--continue-on-error"], { fails: true });
  expect(lost.all).toContain("recorded in the state as unresolved");
  expect(await idsIn(stack)).toEqual(Array(4).fill(expect.stringMatching(unresolved)));
  expect(live()).toBe(4);

  emulator.faults.clear();
  await stack.refresh();
  expect(await idsIn(stack)).toEqual(Array(4).fill(expect.stringMatching(unresolved)));
  emulator.requests.length = 0;
  await stack.up();
  await expectOnlyTheState(emulator, stack);
  expect(live()).toBe(4);
  table.note({
    row: 8,
    fault: "all lost, no list; `up`",
    result: "unresolved, then cleaned up",
    requests: sorted(emulator),
    live: 4,
  });

  // The same in a replacement, where the old keys must live until the new ones are there.
  const before = await idsIn(stack);
  loseEverything(emulator);
  stack.setProgram(resources("Q2"));
  await stack.up(["--continue-on-error"], { fails: true });
  const old = new Set(
    emulator.account
      .apiKeys()
      .filter(({ isActive }) => isActive)
      .map(({ id }) => id),
  );
  for (const id of before.filter((each) => !each.startsWith("rotating-") && !isSsh(emulator, each))) {
    expect([id, old.has(id)]).toEqual([id, true]);
  }
  emulator.faults.clear();
  await stack.up();
  await stack.up(["--expect-no-changes"]);
  await expectOnlyTheState(emulator, stack);
  table.note({
    row: 8,
    fault: "all lost in a replacement, no list; `up`",
    result: "unresolved, then cleaned up",
    requests: "",
    live: live(),
  });

  loseEverything(emulator);
  stack.setProgram(resources("Q3"));
  await stack.up(["--continue-on-error"], { fails: true });
  emulator.faults.clear();
  await stack.destroy();
  expect(live()).toBe(0);
  table.note({
    row: 8,
    fault: "all lost in a replacement, no list; `destroy`",
    result: "unresolved, then cleaned up",
    requests: "",
    live: live(),
  });
  stack.assertNoSecrets(secretsOf(emulator));
});

function isSsh(emulator: Emulator, id: string): boolean {
  return (
    emulator.account.sshKeys().some((key) => key.id === id) ||
    !emulator.account.apiKeys().some((key) => key.id === id)
  );
}

/** The order of parallel resources is the engine's affair. */
function sorted({ requests }: Emulator): string {
  return requestLine([...requests].sort((a, b) => (a.method < b.method ? -1 : 1)));
}

test.each(["up", "destroy"] as const)(
  "201, then no list: the key is in the state, its late twin is found and revoked by the next %s",
  async (next) => {
    const { emulator, stack } = await openStack({
      program: program(`new wayscloud.ServiceKey("db", { service: "database" });`),
    });
    emulator.faults.add(
      { method: "POST", status: 502, commitAfter: 12_000 },
      { method: "POST", nth: 2, delay: 10_000 },
      { method: "GET", nth: 4, times: "always", status: 500 },
    );
    const failed = await stack.up([], { fails: true });
    expect(failed.all).toContain("was created. An earlier attempt may have left a duplicate");
    const [a, b] = emulator.account.liveApiKeys();
    const kept = await stack.resource("db", { showSecrets: true });
    expect([a?.id, b?.id]).toContain(kept.id);
    expect(kept.outputs).toMatchObject({ unresolved: true });
    expect(JSON.stringify(kept.outputs).includes((a?.id === kept.id ? a : b)!.key)).toBe(true);
    emulator.faults.clear();
    emulator.requests.length = 0;
    if (next === "up") {
      // The user's own change comes along with the healing, and is not swallowed by it.
      stack.setProgram(
        program(`new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: { a: "1" } });`),
      );
      expect(changesIn(await stack.up())).toMatchObject({ replaced: 1 });
      await expectOnlyTheState(emulator, stack);
    } else {
      await stack.destroy();
      expect(emulator.account.liveApiKeys()).toEqual([]);
    }
    const live = emulator.account.liveApiKeys().length;
    table.note({
      row: 8,
      fault: `201, then no list, a late duplicate; \`${next}\``,
      result: "kept, then the duplicate revoked",
      requests: requestLine(emulator.requests),
      live,
    });
    stack.assertNoSecrets(secretsOf(emulator));
  },
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
