// A year of rotations: in time, late, missed, killed in the middle; over real HTTP, with a clock that the test moves.
import { resources, PartialFailure } from "../support/engine-resources";
import fc from "fast-check";

import { startEmulator } from "../../src/emulator";
import type { Emulator, Fault } from "../../src/emulator";
import { createRun } from "../../src/lifecycle/run";
import { UNKNOWN } from "../../src/values";
import type { Properties } from "../../src/values";
import type { Resource } from "../support/engine-resources";
import { sentence } from "../support/engine-log";
import { FakeTiming } from "../support/fake-timing";

const DAY = 86_400_000;
const INPUTS = {
  service: "database",
  description: "pulumi p/dev/db",
  rotateEveryDays: 30,
  overlapDays: 7,
};

/** The engine's part: keeps the state, calls the lifecycle as `pulumi up`, `refresh` and `destroy` would, each in a process of its own. */
class Stack {
  readonly timing = new FakeTiming(Date.parse("2026-01-01T00:00:00Z"));
  readonly log: string[] = [];
  state: { id: string; outputs: Properties } | undefined;
  emulator!: Emulator;

  constructor(
    public inputs: Properties = INPUTS,
    readonly life: Resource = resources.RotatingServiceKey,
  ) {}

  async start(): Promise<this> {
    this.emulator = await startEmulator({ now: () => this.timing.now() });
    return this;
  }

  /** The most keys that were live at once, by the requests that the emulator carried out. */
  get most(): number {
    let [live, most] = [0, 0];
    for (const { method, committed } of this.emulator.requests) {
      if (!committed) continue;
      live += method === "POST" ? 1 : -1;
      most = Math.max(most, live);
    }
    return most;
  }

  get live(): string[] {
    return this.emulator.account.liveApiKeys().map((key) => key.id);
  }

  pass(days: number): void {
    this.timing.elapsed += days * DAY;
    this.timing.waits.length = 0;
  }

  private context() {
    const account: Record<string, string> = {
      "wayscloud:apiKey": this.emulator.apiKey,
      "wayscloud:endpoint": this.emulator.url,
    };
    return createRun((key) => account[key], "the test", {
      timing: this.timing,
      log: (line) => this.log.push(sentence(line)),
    });
  }

  /** One `pulumi up`; what it did. `killed`: the process ends before its result reaches the engine. */
  async up(options: { killed?: boolean } = {}): Promise<"created" | "updated" | "unchanged" | "failed"> {
    const { inputs, failures } = this.life.check({}, this.inputs);
    expect(failures).toEqual([]);
    const { state } = this;
    try {
      if (!state) {
        const created = await this.life.create(inputs, this.context());
        if (!options.killed) this.state = created;
        return "created";
      }
      const diff = this.life.diff(state.id, state.outputs, inputs, this.timing.now());
      if (!diff.changes) return "unchanged";
      if (diff.replaces.length > 0) return await this.replace(state, inputs);
      const outputs = await this.life.update(state.id, state.outputs, inputs, this.context());
      if (!options.killed) this.state = { id: state.id, outputs };
      return "updated";
    } catch (error) {
      if (error instanceof PartialFailure) this.state = { id: error.id, outputs: error.properties };
      return "failed";
    }
  }

  private async replace(old: { id: string; outputs: Properties }, inputs: Properties): Promise<"updated"> {
    await this.life.delete(old.id, old.outputs, this.context());
    this.state = undefined;
    this.state = await this.life.create(inputs, this.context());
    return "updated";
  }

  async refresh(): Promise<void> {
    this.state = await this.life.read(this.state!.id, this.state!.outputs, this.context());
  }

  async destroy(): Promise<void> {
    await this.life.delete(this.state!.id, this.state!.outputs, this.context());
    this.state = undefined;
  }
}

const stacks: Stack[] = [];
async function stack(inputs?: Properties, life?: Resource): Promise<Stack> {
  const made = await new Stack(inputs, life).start();
  stacks.push(made);
  return made;
}
afterEach(async () => {
  for (const one of stacks.splice(0)) await one.emulator.close();
});

test("a year of daily runs: twelve rotations, each predecessor revoked after its overlap, no request on a day when nothing is due", async () => {
  const db = await stack();
  await db.up();
  let [rotations, most] = [0, 0];
  for (let day = 1; day <= 365; day += 1) {
    db.pass(1);
    const before = { requests: db.emulator.requests.length, keyId: db.state!.outputs.keyId };
    const did = await db.up();
    if (did === "unchanged") expect(db.emulator.requests.length).toBe(before.requests);
    if (db.state!.outputs.keyId !== before.keyId) {
      rotations += 1;
      expect(db.state!.outputs.previousKeyId).toBe(before.keyId);
    }
    most = Math.max(most, db.live.length);
  }
  expect(rotations).toBe(12);
  expect(most).toBe(2);
  expect(db.live).toContain(db.state!.outputs.keyId);
  await db.destroy();
  expect(db.live).toEqual([]);
});

test("the predecessor is kept for its overlap, and revoked by the first run after it", async () => {
  const db = await stack();
  await db.up();
  const first = db.state!.outputs;
  db.pass(30);
  expect(await db.up()).toBe("updated");
  expect(db.state!.outputs).toMatchObject({ previousKeyId: first.keyId, previousKey: first.key });
  expect(db.state!.outputs.key).not.toBe(first.key);
  db.pass(6);
  expect(await db.up()).toBe("unchanged");
  expect(db.live).toHaveLength(2);
  db.pass(1);
  expect(await db.up()).toBe("updated");
  expect(db.live).toEqual([db.state!.outputs.keyId]);
  expect(db.state!.outputs.previousKey).toBeNull();
});

test("a run that comes months late rotates, and keeps the key that the consumers of the last run hold", async () => {
  const db = await stack();
  await db.up();
  db.pass(30);
  await db.up();
  const held = db.state!.outputs.keyId as string;
  db.pass(100);
  await db.up();
  expect(db.live.sort()).toEqual([held, db.state!.outputs.keyId as string].sort());
  expect(db.state!.outputs.previousKeyId).toBe(held);
});

test("without an overlap the predecessor is revoked by the next run, not by the one that rotates", async () => {
  const db = await stack({ ...INPUTS, overlapDays: undefined });
  await db.up();
  const first = db.state!.outputs.keyId as string;
  db.pass(30);
  await db.up();
  expect(db.live).toContain(first);
  await db.up();
  expect(db.live).toEqual([db.state!.outputs.keyId]);
});

test("a run that was killed after the successor was made leaves one that the next run finds and revokes", async () => {
  const db = await stack();
  await db.up();
  const first = db.state!.outputs.keyId as string;
  db.pass(30);
  await db.up({ killed: true });
  expect(db.live).toHaveLength(2);
  await db.up();
  expect(db.live.sort()).toEqual([first, db.state!.outputs.keyId as string].sort());
});

test("destroy after a killed rotation revokes the successor that nobody knows, too", async () => {
  const db = await stack();
  await db.up();
  db.pass(30);
  await db.up({ killed: true });
  await db.destroy();
  expect(db.live).toEqual([]);
});

test("a lost answer during a rotation is reconciled: one current key and its predecessor", async () => {
  const db = await stack();
  await db.up();
  const first = db.state!.outputs.keyId as string;
  db.pass(30);
  db.emulator.faults.add({ method: "POST", reset: true, commit: true });
  await db.up();
  expect(db.live.sort()).toEqual([first, db.state!.outputs.keyId as string].sort());
});

test("a rotation that cannot be cleared up keeps the current key and heals with the next run", async () => {
  const db = await stack();
  await db.up();
  const first = db.state!.outputs;
  db.pass(30);
  db.emulator.faults.add(
    { method: "POST", reset: true, commit: true },
    { method: "GET", nth: 2, times: "always", status: 500 },
  );
  expect(await db.up()).toBe("failed");
  expect(db.state!.outputs).toMatchObject({ keyId: first.keyId, key: first.key, unresolved: true });
  db.emulator.faults.clear();
  expect(await db.up()).toBe("updated");
  expect(db.state!.outputs).not.toHaveProperty("unresolved");
  expect(db.live.sort()).toEqual([first.keyId, db.state!.outputs.keyId as string].sort());
});

test("a rotation that fails after the predecessor was retired says so in the state", async () => {
  const db = await stack();
  await db.up();
  db.pass(30);
  await db.up();
  db.pass(30);
  db.emulator.faults.add({ method: "POST", status: 403, times: "always" });
  expect(await db.up()).toBe("failed");
  expect(db.state!.outputs.previousKeyId).toBeNull();
  expect(db.live).toEqual([db.state!.outputs.keyId]);
});

test("a preview says that the update creates a new key, why, and what becomes of the others; of nothing else", async () => {
  const db = await stack();
  await db.up();
  const ahead = (inputs: Properties = {}): string | undefined => {
    const checked = db.life.check({}, { ...db.inputs, ...inputs });
    return db.life.diff(db.state!.id, db.state!.outputs, checked.inputs, db.timing.now()).ahead;
  };
  const first = String(db.state!.outputs.keyId);
  const stays = (id: string): string =>
    `The current key ${id} stays valid until another \`pulumi up\`, 7 days later or more, revokes it.`;
  expect([ahead(), ahead({ overlapDays: 5 }), ahead({ service: "dns" })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const what = 'The service key "pulumi p/dev/db": this update creates a new key, because';
  expect(ahead({ rotationTriggers: { a: "1" }, description: "ours" })).toBe(
    `${what} the program changes \`description\` and \`rotationTriggers\`. ${stays(first)}`,
  );
  expect(ahead({ rotationTriggers: { a: UNKNOWN } })).toContain("may create a new key");
  db.pass(30);
  expect(ahead()).toBe(`${what} it was due. ${stays(first)}`);
  expect(ahead({ overlapDays: 0 })).toMatch(/ stays valid until another `pulumi up` revokes it\.$/);
  await db.up();
  const { keyId, previousKeyId } = db.state!.outputs as { keyId: string; previousKeyId: string };
  expect(ahead()).toBeUndefined();
  expect(ahead({ rotationTriggers: { a: "1" } })).toBe(
    `${what} the program changes \`rotationTriggers\`. It first revokes the previous key ${previousKeyId}, whose overlap is not over. ${stays(keyId)}`,
  );
  db.state!.outputs.isActive = false;
  expect(ahead()).toBe(`${what} the key ${keyId} was not active.`);
});

test("holdWhileUsed keeps a predecessor that is in use, says so, and lets it go when it is not", async () => {
  const db = await stack({ ...INPUTS, service: "vps", holdWhileUsed: true });
  await db.up();
  const first = db.state!.outputs.keyId as string;
  db.pass(30);
  await db.up();
  db.pass(7);
  await fetch(`${db.emulator.url}/v1/vps`, {
    headers: { "X-API-Key": db.state!.outputs.previousKey as string },
  });
  db.pass(1);
  await db.up();
  expect(db.live).toContain(first);
  expect(db.log.join("\n")).toMatch(/keeping the previous key .*: it was used at 2026-02-07/);
  db.pass(10);
  await db.up();
  expect(db.live).not.toContain(first);
});

test("a current key that was revoked elsewhere is noticed at refresh, and the next run makes another", async () => {
  const db = await stack();
  await db.up();
  db.pass(30);
  await db.up();
  const { keyId, previousKeyId } = db.state!.outputs as { keyId: string; previousKeyId: string };
  db.emulator.account.remove(keyId);
  await db.refresh();
  expect(db.state!.outputs.isActive).toBe(false);
  await db.up();
  expect(db.live.sort()).toEqual([previousKeyId, db.state!.outputs.keyId as string].sort());
});

test("when all its keys are gone, the resource is gone", async () => {
  const db = await stack();
  await db.up();
  db.emulator.account.remove(db.state!.outputs.keyId as string);
  await db.refresh();
  expect(db.state).toBeUndefined();
});

test("a change of scopes or triggers rotates with an overlap; a second one within the overlap revokes the older key first", async () => {
  const token = await stack(
    { scopes: ["ssh_keys:read"], description: "pulumi p/dev/t", rotateEveryDays: 30, overlapDays: 7 },
    resources.RotatingPersonalAccessToken,
  );
  await token.up();
  const first = token.state!.outputs.keyId;
  token.inputs = { ...token.inputs, scopes: ["services:read"] };
  await token.up();
  expect(token.state!.outputs).toMatchObject({ scopes: ["services:read"], previousKeyId: first });
  const second = token.state!.outputs.keyId;
  token.inputs = { ...token.inputs, rotationTriggers: { incident: "42" } };
  await token.up();
  expect(token.state!.outputs).toMatchObject({ rotationTriggers: { incident: "42" }, previousKeyId: second });
  expect(token.state!.outputs.keyId).not.toBe(second);
  expect(token.live.sort()).toEqual([second, token.state!.outputs.keyId].sort());
  expect(token.live).not.toContain(first);
  expect(token.most).toBe(2);
});

test("a predecessor that the run is logged in with is never retired by it, and destroy refuses", async () => {
  const token = await stack(
    { scopes: ["api_keys:write"], description: "pulumi p/dev/ci", rotateEveryDays: 30 },
    resources.RotatingPersonalAccessToken,
  );
  await token.up();
  const admin = token.emulator.apiKey;
  const own = token.state!.outputs.key as string;
  Object.assign(token, { emulator: Object.create(token.emulator, { apiKey: { value: own } }) });
  token.pass(30);
  await token.up();
  await token.up();
  expect(token.log.join("\n")).toContain("this update is authenticated with it");
  expect(token.live).toHaveLength(2);
  await expect(token.destroy()).rejects.toThrow("Did not revoke");
  Object.assign(token, { emulator: Object.create(token.emulator, { apiKey: { value: admin } }) });
  await token.destroy();
  expect(token.live).toEqual([]);
});

test("bad rhythms are refused by name", () => {
  const life = resources.RotatingPersonalAccessToken;
  const base = { scopes: ["a:read"], description: "d" };
  const failing = (inputs: Properties): string[] =>
    life.check({}, { ...base, ...inputs }).failures.map(({ property }) => property);
  expect(failing({})).toEqual(["rotateEveryDays"]);
  expect(failing({ rotateEveryDays: 0 })).toEqual(["rotateEveryDays"]);
  expect(failing({ rotateEveryDays: 7, overlapDays: 7 })).toEqual(["overlapDays"]);
  expect(failing({ rotateEveryDays: 30, overlapDays: 7, expiresInDays: 36 })).toEqual(["expiresInDays"]);
  expect(failing({ rotateEveryDays: 30, overlapDays: 7, expiresInDays: 37 })).toEqual([]);
});

const FAULTS: Fault[] = [
  { method: "POST", reset: true, commit: true },
  { method: "POST", status: 503 },
  { method: "POST", status: 503, commit: true },
  { method: "POST", truncate: true },
  { method: "DELETE", reset: true, commit: true, times: 4 },
  { method: "DELETE", status: 500, times: 4 },
  { method: "GET", status: 500, times: 12 },
];

test("in any year of runs, missed runs, faults and kills: two keys at most, none lost, and no consumer of the last run holds a revoked key", async () => {
  const step = fc.record({
    days: fc.integer({ min: 0, max: 70 }),
    fault: fc.option(fc.integer({ min: 0, max: FAULTS.length - 1 }), { freq: 2 }),
    killed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
      const db = await new Stack().start();
      try {
        await db.up();
        for (const { days, fault, killed } of steps) {
          db.pass(days);
          // What the last completed run handed to its consumers.
          const handed = db.state!.outputs.keyId as string;
          if (fault !== null) db.emulator.faults.add(FAULTS[fault]!);
          await db.up({ killed: killed && fault === null });
          expect(db.live).toContain(handed);
          db.emulator.faults.clear();
        }
        await db.up();
        await db.up();
        const { keyId, previousKeyId } = db.state!.outputs as Record<string, string>;
        expect(db.live.sort()).toEqual([keyId, previousKeyId].filter((id) => id !== null).sort());
        await db.destroy();
        expect(db.live).toEqual([]);
      } finally {
        await db.emulator.close();
      }
    }),
    { numRuns: 25 },
  );
});
