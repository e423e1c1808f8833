// Whose is the key that a killed rotation has made, and that shows up only later? Ours, for as long as the
// resource exists.
import type { Properties } from "../../../src/values";
import { resources } from "../../support/engine-resources";
import { useFreshStack } from "../../support/fresh-stack";
import type { StoryStack } from "../../support/story-stack";
import type { StoryAccount } from "../../support/story-account";

const HOUR = 3_600_000;

let account: StoryAccount;
let stack: StoryStack;
useFreshStack((...fresh) => ([account, stack] = fresh));

const current = (): string => String(stack.held("db").outputs.keyId);

const LATER: [string, (declare: (more?: Properties) => void) => Promise<unknown>][] = [
  ["destroy", () => Promise.resolve()],
  ["refresh, destroy", () => stack.refresh()],
  [
    "up that retires the previous key, destroy",
    () => {
      account.pass(9);
      return stack.up();
    },
  ],
  [
    "up that retires the previous key, refresh, destroy",
    async () => {
      account.pass(9);
      await stack.up();
      await stack.refresh();
    },
  ],
  [
    "the next two rotations, destroy",
    async () => {
      for (const days of [9, 31, 9, 31]) {
        account.pass(days);
        await stack.up();
        expect(stack.errors).toEqual([]);
      }
    },
  ],
  [
    "another description, destroy",
    async (declare) => {
      declare({ description: "for the billing" });
      await stack.up();
    },
  ],
];

describe.each([
  ["service key", resources.RotatingServiceKey, { service: "dns" }],
  ["token", resources.RotatingPersonalAccessToken, { scopes: ["dns:read"] }],
] as const)("row 56: a rotation of a %s is killed after its POST", (_what, type, spec) => {
  describe.each([0, 7])("with an overlap of %i days, then", (overlapDays) => {
    const declare = (more: Properties = {}): void =>
      stack.declare("db", type, {
        ...spec,
        description: "pulumi test/dev/db",
        rotateEveryDays: 30,
        overlapDays,
        ...more,
      });
    const rotationIsDue = async (): Promise<void> => {
      declare();
      await stack.up();
      account.pass(31);
    };

    test.each(LATER)(
      "an up that the list does not show its key to, and %s: nothing lives",
      async (_how, later) => {
        await rotationIsDue();
        await stack.up({ kill: { nth: 2, arrived: true } });
        expect(account.live).toHaveLength(2);
        account.timing.elapsed += 4_000;
        account.emulator.quirks.listLag = 10_000;
        await stack.up();
        account.emulator.quirks.listLag = 0;
        account.timing.elapsed += HOUR;
        await later(declare);
        expect(await stack.destroy()).toBe(true);
        expect(account.live).toEqual([]);
      },
    );

    test.each(LATER)("an up before that POST takes effect, and %s: nothing lives", async (_how, later) => {
      await rotationIsDue();
      await stack.up({ kill: { nth: 2, arrived: false } });
      account.timing.elapsed += 4_000;
      await stack.up();
      const made = account.emulator.account.liveApiKeys().find(({ id }) => id === current());
      account.timing.elapsed += 5_000;
      account.emulator.account.addApiKey({
        ...spec,
        scopes: [...(made?.scopes ?? [])],
        description: String(made?.description),
      });
      account.timing.elapsed += HOUR;
      await later(declare);
      expect(await stack.destroy()).toBe(true);
      expect(account.live).toEqual([]);
    });
  });
});
