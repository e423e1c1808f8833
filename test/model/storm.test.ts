// A storm: many keys of all kinds in one stack while one request in four goes wrong. `npm run test:all` makes it a large one.
import fc from "fast-check";

import { resources, type ResourceName } from "../support/engine-resources";
import { DECLARED } from "../support/kinds";
import { testAll } from "../support/rare";
import { publicKey } from "../support/public-key";
import { StoryAccount } from "../support/story-account";
import { StoryStack } from "../support/story-stack";
import { troubleWithin } from "./commands";

const KEYS = Number(process.env.STORM_KEYS ?? (testAll ? 1000 : 60));
const SEEDS = (process.env.STORM_SEEDS ?? (testAll ? "1,2,3" : "1")).split(",").map(Number);
/** Beside the other resources there is a set of this many SSH keys. */
const SET = KEYS / 5;

/** One request in four goes wrong, but is not refused: that ends a run. */
const weather = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: troubleWithin(5.9).filter(({ fate }) => fate !== "401") },
);

function declare(stack: StoryStack): void {
  const members = Array.from({ length: SET }, (_, at) => [`member${at}`, publicKey(`member ${at}`)]);
  stack.declare("team", resources.SshKeySet, {
    publicKeys: Object.fromEntries(members),
    namePrefix: "team-",
  });
  const single = Object.keys(DECLARED).filter((name) => name !== "SshKeySet") as ResourceName[];
  for (let at = 0; at < KEYS; at += 1) {
    const type = single[at % single.length]!;
    const inputs = JSON.stringify(DECLARED[type]).replaceAll(/\bit\b/g, `it${at}`);
    const more = type === "SshKey" ? { publicKey: publicKey(at), adoptExisting: at % 2 === 0 } : {};
    stack.declare(`it${at}`, resources[type], { ...JSON.parse(inputs), ...more });
  }
}

/**
 * At most so many runs; how many it took. Some thirty keys of a thousand are left after the first one, two after the
 * second: the number is a matter of chance.
 */
async function within(most: number, work: () => Promise<boolean>, stack: StoryStack): Promise<number> {
  for (let run = 1; run <= most; run += 1) if (await work()) return run;
  throw new Error(`not done after ${most} runs: ${stack.errors.slice(0, 5).join("\n")}`);
}

test.each(SEEDS)(`${KEYS} keys of all kinds, one request in four going wrong (seed %i)`, async (seed) => {
  const account = await StoryAccount.open();
  try {
    const stack = new StoryStack(account);
    declare(stack);
    const troubles = fc.sample(weather, { seed, numRuns: (KEYS + SET) * 30 });
    const options = { storm: () => troubles.pop() };
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
