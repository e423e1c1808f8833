// Whose is the key that a killed rotation has made, and that shows up only later? Ours, for as long as the
// resource exists.
import type { Properties } from "../../../src/values";
import { account, HOUR, stack } from "../../support/fresh-stack";
import { ROTATING } from "../../support/kinds";
import { current, declareRotating } from "../../support/rotating";
import { expectDestroyed } from "../../support/story-end";

const retire = (): Promise<boolean> => {
  account.pass(9);
  return stack.up();
};
const LATER: [string, (declare: (more: Properties) => void) => Promise<unknown>][] = [
  ["destroy", () => Promise.resolve()],
  ["refresh, destroy", () => stack.refresh()],
  ["up that revokes the previous key, destroy", retire],
  ["up that revokes the previous key, refresh, destroy", async () => (await retire(), stack.refresh())],
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
    (declare) => {
      declare({ description: "for the billing" });
      return stack.up();
    },
  ],
];

describe.each(ROTATING)("row 56: a rotation of a %s is killed after its POST", (...kind) => {
  describe.each([0, 7])("with an overlap of %i days, then", (overlapDays) => {
    const declare = (more: Properties): void =>
      declareRotating({ overlapDays, __owner: undefined, ...more }, kind);
    beforeEach(async () => {
      declare({});
      await stack.up();
      account.pass(31);
    });

    test.each(LATER)(
      "an up that the list does not show its key to, and %s: nothing lives",
      async (_how, later) => {
        await stack.up({ kill: { nth: 2, arrived: true } });
        expect(account.live).toHaveLength(2);
        account.timing.elapsed += 4_000;
        account.emulator.quirks.listLag = 10_000;
        await stack.up();
        account.emulator.quirks.listLag = 0;
        account.timing.elapsed += HOUR;
        await later(declare);
        await expectDestroyed();
      },
    );

    test.each(LATER)("an up before that POST takes effect, and %s: nothing lives", async (_how, later) => {
      await stack.up({ kill: { nth: 2, arrived: false } });
      account.timing.elapsed += 4_000;
      await stack.up();
      const made = account.emulator.account.liveApiKeys().find(({ id }) => id === current());
      account.timing.elapsed += 5_000;
      account.emulator.account.addApiKey({
        ...kind[2],
        scopes: [...(made?.scopes ?? [])],
        description: String(made?.description),
      });
      account.timing.elapsed += HOUR;
      await later(declare);
      await expectDestroyed();
    });
  });
});
