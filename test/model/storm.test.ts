// A storm: many keys of all kinds in one stack while one request in four goes wrong. `npm run test:all` makes it a large one.
import { resources } from "../support/engine-resources";
import type { Emulator, Fault } from "../../src/emulator";
import { testAll } from "../support/rare";
import { publicKey } from "../support/public-key";
import { StoryStack } from "../support/story-stack";
import { StoryAccount } from "../support/story-account";
import type { Trouble } from "./network";

const KEYS = Number(process.env.STORM_KEYS ?? (testAll ? 1000 : 60));
const SEEDS = (process.env.STORM_SEEDS ?? (testAll ? "1,2,3" : "1")).split(",").map(Number);

/** Reset before and after, 5xx before and after, 429, truncated: on the wire. One more, late, belongs to the clock and not to the wire. */
const STORMY: Fault[] = [
  { reset: true },
  { reset: true, commit: true },
  { status: 500 },
  { status: 502, commit: true },
  { status: 429 },
  { truncate: true },
];
const FATES = STORMY.length + 1;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One request in four goes wrong. What is late is decided before a request is sent, everything else when it arrives. */
function startStorm({ faults }: Emulator, seed: number): () => Trouble | undefined {
  const chance = random(seed);
  for (let nth = 1; nth <= (KEYS + SET) * 30; nth += 1) {
    if (chance() < (0.25 * STORMY.length) / FATES) {
      faults.add({ ...STORMY[Math.floor(chance() * STORMY.length)], nth });
    }
  }
  return () =>
    chance() < 0.25 / FATES
      ? { method: "POST", nth: 1, times: 1, fate: "arrives late", late: chance() * 5.9 }
      : undefined;
}

/** Beside the other resources there is a set of this many SSH keys. */
const SET = KEYS / 5;

function declare(stack: StoryStack): void {
  const key = "#${hex(7)}";
  const publicKeys = Object.fromEntries(
    Array.from({ length: SET }, (_, at) => [`member${at}`, publicKey(`member ${at}`)]),
  );
  stack.program.set("team", { type: resources.SshKeySet, inputs: { publicKeys, namePrefix: "team-" } });
  for (let at = 0; at < KEYS; at += 5) {
    stack.declare(`db${at}`, resources.ServiceKey, {
      service: "database",
      description: `pulumi test/dev/db${at} ${key}`,
    });
    stack.declare(`ci${at}`, resources.PersonalAccessToken, {
      scopes: ["dns:read"],
      description: `pulumi test/dev/ci${at} ${key}`,
      expiresInDays: 90,
    });
    stack.declare(`ssh${at}`, resources.SshKey, {
      publicKey: publicKey(at),
      name: `ssh${at}-\${hex(7)}`,
      adoptExisting: at % 2 === 0,
    });
    stack.declare(`rot${at}`, resources.RotatingServiceKey, {
      service: "dns",
      description: `pulumi test/dev/rot${at}`,
      rotateEveryDays: 30,
      overlapDays: 7,
      __owner: "",
    });
    stack.declare(`rotci${at}`, resources.RotatingPersonalAccessToken, {
      scopes: ["vps:read"],
      description: `pulumi test/dev/rotci${at}`,
      rotateEveryDays: 30,
    });
  }
}

/** At most so many tries; how many it took. */
/** Some thirty keys of a thousand are left after the first run, two after the second: how many runs it takes is a matter of chance. */
async function within(most: number, work: () => Promise<boolean>, stack: StoryStack): Promise<number> {
  for (let run = 1; run <= most; run += 1) if (await work()) return run;
  throw new Error(`not done after ${most} runs: ${stack.errors.slice(0, 5).join("\n")}`);
}

test.each(SEEDS)(`${KEYS} keys of all kinds, one request in four going wrong (seed %i)`, async (seed) => {
  const account = await StoryAccount.open();
  try {
    const stack = new StoryStack(account);
    declare(stack);
    const options = { storm: startStorm(account.emulator, seed) };
    const expectSound = async (): Promise<void> => {
      await account.timing.settle(true);
      expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
      const secrets = new Map(account.emulator.account.apiKeys().map(({ id, key }) => [id, key]));
      for (const { id, outputs } of stack.state.values()) {
        const secret = secrets.get(typeof outputs.keyId === "string" ? outputs.keyId : id);
        if (secret !== undefined) expect(outputs.key).toBe(secret);
      }
    };
    const runs = [await within(5, () => stack.up(options), stack)];
    expect(stack.state.size).toBe(KEYS + 1);
    await expectSound();
    account.pass(31);
    // All that rotate, rotate; and each previous key is revoked when its time is over.
    runs.push(await within(4, () => stack.up(options), stack));
    await expectSound();
    account.pass(8);
    runs.push(await within(4, () => stack.up(options), stack));
    await expectSound();
    expect(account.live).toHaveLength(KEYS + SET);
    runs.push(await within(5, () => stack.destroy(options), stack));
    await account.timing.settle(true);
    expect({ runs, live: account.live, left: stack.state.size }).toEqual({ runs, live: [], left: 0 });
    process.stderr.write(`seed ${seed}: up, rotation, retirement, destroy took ${runs.join(", ")} runs\n`);
  } finally {
    await account.emulator.close();
  }
});
