// Any inputs, one after the other, driven the way the engine drives them, against an emulated account: a replacement happens exactly when the
// account has to hold another key, and what was settled once stays settled.
import fc from "fast-check";

import { classes } from "../../src/fields/classes";
import { type Properties, UNKNOWN } from "../../src/values";
import { resources } from "../support/engine-resources";
import { publicKey } from "../support/public-key";
import { StoryAccount } from "../support/story-account";
import { StoryStack } from "../support/story-stack";

/** One kind of resource: what its inputs may be, and, written down a second time, what of them the account has to hold. */
interface Kind {
  /** Valid inputs as a program gives them; an omitted property is absent. */
  inputs: fc.Arbitrary<Properties>;
  /** Must the account hold another key for `after` than the one that it holds for `before`? */
  another(before: Properties, after: Properties, outputs: Properties): boolean;
}

const optional = { requiredKeys: [] as never[] };
// Not among them, nor among the names: a text in the very form of a made-up one, which stays when the input is left out.
const texts = fc.constantFrom("", "a", "b £ø 鍵", "${hex(7)}", "pulumi p/s/other #", "#", "x-1a2b3c4");
const triggers = fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("1", "2"));
const common = { rotationTriggers: triggers, recreateIfInvalid: fc.boolean() };
/** No triggers and an empty object of them say the same. */
function otherTriggers(before: Properties, after: Properties): boolean {
  const text = ({ rotationTriggers = {} }: Properties): string =>
    JSON.stringify(Object.entries(rotationTriggers as object).sort());
  return text(before) !== text(after);
}

const kinds = {
  SshKey: {
    inputs: fc
      .record({
        key: fc.constantFrom(publicKey(1), publicKey(2), publicKey(3)),
        comment: fc.constantFrom("", " me@here", " ø  two words"),
        space: fc.constantFrom("", "\n", " \r\n"),
        rest: fc.record(
          { name: fc.constantFrom("one", "two", "deploy-12345"), adoptExisting: fc.boolean() },
          optional,
        ),
      })
      .map(({ key, comment, space, rest }) => ({ publicKey: `${space}${key}${comment}${space}`, ...rest })),
    another(before, after, outputs) {
      const material = ({ publicKey: text }: Properties): unknown => String(text).trim().split(/\s+/)[1];
      if (material(before) !== material(after)) return true;
      if (after.name !== undefined) return after.name !== outputs.name;
      // Whatever name the account's key has is good enough for who takes it over.
      return before.name !== undefined && after.adoptExisting !== true;
    },
  },
  ServiceKey: {
    inputs: fc.record(
      {
        service: fc.constantFrom("database", "storage", "llm-api", "dns", "vps"),
        description: texts,
        ...common,
      },
      { requiredKeys: ["service"] },
    ),
    another: (before, after) =>
      before.service !== after.service ||
      before.description !== after.description ||
      otherTriggers(before, after),
  },
  PersonalAccessToken: {
    inputs: fc
      .record(
        {
          scopes: fc.array(fc.constantFrom("a:read", "a:write", "b:read"), { minLength: 1, maxLength: 4 }),
          description: texts,
          expiresInDays: fc.constantFrom(30, 90),
          rotateBeforeDays: fc.constantFrom(1, 10, 29),
          ...common,
        },
        { requiredKeys: ["scopes"] },
      )
      .map(({ rotateBeforeDays, ...inputs }) =>
        inputs.expiresInDays === undefined || rotateBeforeDays === undefined
          ? inputs
          : { ...inputs, rotateBeforeDays },
      ),
    another: (before, after) =>
      [...new Set(before.scopes as string[])].sort().join() !==
        [...new Set(after.scopes as string[])].sort().join() ||
      before.expiresInDays !== after.expiresInDays ||
      before.description !== after.description ||
      otherTriggers(before, after),
  },
} satisfies Record<string, Kind>;
type Name = keyof typeof kinds;

/** The inputs as the resource's constructor passes them on. */
function constructed(name: Name, inputs: Properties): Properties {
  const owner = { project: "project", stack: "stack", parents: "", name: "app" };
  return classes[name].withDefaults(inputs, owner, { isPreview: false });
}

function checked(name: Name, olds: Properties, news: Properties): Properties {
  const { inputs, failures } = resources[name].check(olds, news);
  expect(failures).toEqual([]);
  return inputs;
}

/** A stack lives through these programs of one resource, one after the other, each time with a refresh. */
async function live(name: Name, programs: Properties[]): Promise<void> {
  const account = await StoryAccount.open();
  const stack = new StoryStack(account);
  const up = async (): Promise<string[]> => {
    account.requests();
    expect({ done: await stack.up(), errors: stack.errors }).toEqual({ done: true, errors: [] });
    return account.requests();
  };
  try {
    let before: Properties | undefined;
    for (const given of programs) {
      const held = stack.state.get("it");
      stack.declare("it", resources[name], constructed(name, given));
      const requests = await up();
      if (held && before) {
        const another = kinds[name].another(before, given, held.outputs);
        expect(stack.held("it").id !== held.id).toBe(another);
        if (!another) expect(requests).toEqual([]);
      }
      expect(account.live).toEqual([stack.held("it").id]);
      for (const command of [() => stack.refresh(), up]) {
        expect(await up()).toEqual([]);
        await command();
        const { id, inputs, outputs } = stack.held("it");
        const diff = resources[name].diff(id, outputs, inputs, account.timing.now());
        expect({ live: account.live, changes: diff.changes }).toEqual({ live: [id], changes: false });
      }
      before = given;
    }
    expect(await stack.destroy()).toBe(true);
    expect(account.live).toEqual([]);
  } finally {
    await account.emulator.close();
  }
}

describe.each(Object.keys(kinds) as Name[])("%s", (name) => {
  const given: fc.Arbitrary<Properties> = kinds[name].inputs;
  /** Every input that may be unknown in a preview. */
  const properties = Object.keys(classes[name].inputs).filter((input) => !input.startsWith("__"));

  test("is replaced exactly when the account must hold another key, and never flaps", async () => {
    const sequence = fc.array(given, { minLength: 1, maxLength: 4 });
    const lives = fc.asyncProperty(sequence, (programs) => live(name, programs));
    await fc.assert(lives, { numRuns: 60 });
  });

  test("takes any of its inputs unknown, in a creation and in a change, and never calls them wrong", () => {
    const hidden = fc.subarray(properties);
    fc.assert(
      fc.property(given, given, hidden, (first, second, names) => {
        const unknowns = Object.fromEntries(names.map((each) => [each, UNKNOWN]));
        const known = checked(name, {}, constructed(name, first));
        for (const olds of [{}, known]) {
          const inputs = checked(name, olds, { ...constructed(name, second), ...unknowns });
          for (const each of names) expect(inputs[each]).toBe(UNKNOWN);
        }
      }),
    );
  });

  test("says what is wrong with any value of any input, at its property or at none, and shows no secret", () => {
    const secret = "wayscloud_pat_abc12_SecretSecretSecretSecretSecretSecret";
    const anything = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.constant(secret),
      fc.constant({ id: "x", key: ` ${secret}` }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...properties), fc.string()), anything), (news) => {
        const { failures } = resources[name].check({}, news);
        for (const { property, reason } of failures) {
          expect(["", ...properties]).toContain(property);
          expect(reason).not.toContain("SecretSecret");
          // The engine prints the value of the property that is named.
          if (property !== "") expect(JSON.stringify(news[property]) ?? "").not.toContain("SecretSecret");
          if (property !== "") expect(reason).toContain(property);
        }
      }),
    );
  });
});
