// A key of ours was made after the request that its attempt sent: another stack's key of the minutes before stays, whatever the clocks do.
import { SshKey, SshKeySet, ServiceKey } from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";
import { StoryStack } from "../../support/story-stack";

const MIN = 60_000;
const SSH = { publicKey: publicKey(1), name: "deploy" };
const SET = { publicKeys: { loy: publicKey(1) }, namePrefix: "dep" };
const other = (): StoryStack => new StoryStack(account, "other");

/** Another stack's key, which is three minutes old when we try to register it. */
async function foreign(): Promise<StoryStack> {
  const theirs = other();
  theirs.declare("it", SshKey, SSH);
  await theirs.up();
  account.timing.elapsed += 3 * MIN;
  return theirs;
}

const OURS = [
  ["an SSH key", SshKey, SSH],
  ["a set", SshKeySet, SET],
] as const;

test.each(OURS)(
  "(a) %s: the clock jumps by five minutes within the run, whose 409 is lost; destroy leaves the other stack's key",
  async (_what, type, inputs) => {
    const theirs = await foreign();
    stack.declare("it", type, inputs);
    account.emulator.quirks.listLag = 4 * MIN;
    await stack.up({
      troubles: [{ fate: "answer lost" }, { method: "GET", fate: "401", nth: 2, times: 2 }],
      jump: { nth: 2, clock: "error", ms: 5 * MIN },
    });
    account.emulator.quirks.listLag = 0;
    account.timing.elapsed += 30 * MIN;
    await stack.destroy();
    expect(account.live).toEqual(theirs.ids);
  },
);

test.each(OURS)(
  "(b) %s: the clock was five minutes behind at the attempt, whose 409 is lost, and is right since; destroy leaves the other stack's key",
  async (_what, type, inputs) => {
    const theirs = await foreign();
    account.timing.error = -5 * MIN;
    stack.declare("it", type, inputs);
    await stack.up({ troubles: [{ fate: "answer lost" }, { method: "GET", fate: "401", times: 3 }] });
    account.timing.error = 0;
    account.timing.elapsed += 30 * MIN;
    await stack.destroy();
    expect(account.live).toEqual(theirs.ids);
  },
);

test("(c) an automatic name, and the clock is set right by an hour within the run: the next up heals", async () => {
  account.timing.error = -60 * MIN;
  stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
  account.emulator.quirks.listLag = 10_000;
  await stack.up({
    troubles: [{ fate: "answer lost" }, { method: "GET", fate: "401", nth: 2, times: 2 }],
    jump: { nth: 2, clock: "error", ms: 60 * MIN },
  });
  account.emulator.quirks.listLag = 0;
  account.timing.elapsed += 30 * MIN;
  for (let run = 0; run < 2; run += 1) await stack.up();
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
});

test.each([
  ["429", 25],
  ["refused", 1],
] as const)(
  "another stack registers the key while our POST waits (%s), and then our 409 is lost: the other stack's key outlives our destroy",
  async (fate, times) => {
    const other = new StoryStack(account, "other");
    other.declare("it", SshKey, SSH);
    stack.declare("it", SshKey, SSH);
    const { timing } = account;
    const sleep = timing.sleep.bind(timing);
    let slept = 0;
    timing.sleep = async (ms) => {
      await sleep(ms);
      slept += ms;
      if (other.state.size > 0 || (fate === "429" && slept < 10_000)) return;
      await other.up();
      // More than the tolerance for rounded times.
      timing.elapsed += 6_000;
    };
    await stack.up({
      troubles: [
        { fate, times },
        { nth: times + 1, fate: "answer lost" },
      ],
    });
    await stack.destroy();
    expect(account.live).toEqual(other.ids);
  },
);

describe("the response is lost behind a gateway whose clock is an hour ahead, and destroy finds it", () => {
  test.each([
    ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }],
    ["SSH key", SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}" }],
    ["SSH key, explicit", SshKey, { publicKey: publicKey("it"), name: "deploy" }],
  ])("%s: created, 502 of a gateway an hour ahead, lists the same; destroy", async (_w, type, inputs) => {
    account.emulator.transform = () => ({
      status: 502,
      body: "bad gateway",
      headers: { date: new Date(account.timing.server() + 60 * MIN).toUTCString() },
    });
    stack.declare("it", type, inputs);
    await stack.up();
    account.emulator.transform = undefined;
    account.timing.elapsed += 10 * MIN;
    expect({ live: account.live.length }).toEqual({ live: 1 });
    await stack.destroy();
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: [] });
  });
});
