// Checking inputs: what is wrong in words for the user, all at once, and never a value.
import fc from "fast-check";

import { didYouMean, InputCheck, listed, same, shape, without } from "../../src/lifecycle/inputs";
import { UNKNOWN } from "../../src/lifecycle/lifecycle";
import type { Properties } from "../../src/lifecycle/lifecycle";

const check = (news: Properties, allowed = Object.keys(news)) => new InputCheck(news, allowed);
const failuresOf = (news: Properties, work: (check: InputCheck) => void) => {
  const checking = check(news);
  work(checking);
  return checking.result().failures;
};

describe("same", () => {
  test.each<[unknown, unknown, boolean]>([
    ["a", "a", true],
    ["a", "b", false],
    [1, "1", false],
    [undefined, undefined, true],
    [undefined, null, false],
    [null, null, true],
    [null, {}, false],
    [[], {}, false],
    [[], [], true],
    [["a", "b"], ["b", "a"], false],
    [["a"], ["a", "b"], false],
    [{ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ toString: 1 }, { other: 1 }, false],
    [UNKNOWN, UNKNOWN, false],
    [UNKNOWN, "a", false],
    [{ a: UNKNOWN }, { a: UNKNOWN }, false],
    [["a", UNKNOWN], ["a", UNKNOWN], false],
  ])("of %p and %p is %p", (a, b, expected) => {
    expect(same(a, b)).toBe(expected);
    expect(same(b, a)).toBe(expected);
  });

  test("holds for every value and its copy, whatever the order of keys, and for no two different ones", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const reordered = JSON.parse(JSON.stringify(a), (_, value) =>
          value && typeof value === "object" && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).reverse())
            : value,
        ) as unknown;
        expect(same(JSON.parse(JSON.stringify(a)), reordered)).toBe(true);
        expect(same(a, b)).toBe(same(b, a));
      }),
    );
  });
});

describe("did you mean", () => {
  const names = ["database", "storage", "llm-api", "dns", "vps"];
  test.each([
    ["databse", "database"],
    ["Database", "database"],
    ["STORAGE", "storage"],
    ["storrage", "storage"],
    ["llm_api", "llm-api"],
    ["llmapi", "llm-api"],
    ["dsn", "dns"],
    ["vp", "vps"],
  ])("%j suggests %j", (given, name) => expect(didYouMean(given, names)).toBe(`; did you mean "${name}"?`));

  test.each(["kubernetes", "", "xyz!", "a-totally-different-thing", "x".repeat(1_000_000)])(
    "%j suggests nothing",
    (given) => {
      expect(didYouMean(given, names)).toBe(".");
    },
  );

  test("of no names suggests nothing", () => expect(didYouMean("x", [])).toBe("."));
});

describe("an input", () => {
  test("that does not exist is a failure without its value, with the nearest name", () => {
    const checking = new InputCheck({ publickey: "canary", nme: "canary" }, ["publicKey", "name"]);
    expect(checking.result().failures).toEqual([
      {
        property: "",
        reason: expect.stringContaining(
          'unknown property `publickey`; did you mean "publicKey"? The properties are `publicKey` and `name`.',
        ),
      },
      { property: "", reason: expect.stringContaining('`nme`; did you mean "name"?') },
    ]);
    expect(JSON.stringify(checking.result().failures)).not.toContain("canary");
  });

  test("that is unknown is passed on by every check, and is no failure", () => {
    const checking = check({ a: UNKNOWN });
    checking.required("a", "x");
    checking.flag("a");
    checking.days("a", 10);
    checking.text("a");
    checking.textMap("a");
    expect(checking.result()).toEqual({ inputs: { a: UNKNOWN }, failures: [] });
  });

  test.each([undefined, null])("that is %p is absent: a failure only where it is required", (value) => {
    expect(
      failuresOf({ a: value }, (each) => {
        each.flag("a");
        each.days("a", 9);
        each.text("a");
        each.textMap("a");
      }),
    ).toEqual([]);
    expect(failuresOf({ a: value }, (each) => each.required("a", "a text"))).toEqual([
      { property: "a", reason: "`a` is required: a text" },
    ]);
  });

  test("that is required is a failure when it is not given at all", () => {
    expect(failuresOf({}, (each) => each.required("a", "a text"))).toHaveLength(1);
  });

  test.each([true, false])("flag %p is taken", (value) => {
    const checking = check({ a: value });
    checking.flag("a");
    expect(checking.result()).toEqual({ inputs: { a: value }, failures: [] });
  });

  test.each(["true", 1, 0, "", [], {}])("flag %j is a failure that shows no value", (value) => {
    expect(failuresOf({ a: value }, (each) => each.flag("a"))).toEqual([
      { property: "a", reason: `\`a\` must be true or false, not ${shape(value)}` },
    ]);
  });

  test.each([1, 365])("%d days are taken", (value) =>
    expect(failuresOf({ a: value }, (each) => each.days("a", 365))).toEqual([]),
  );

  test.each([0, -1, 1.5, NaN, Infinity, 366, 1e21, "30", [30], true])("%p days are a failure", (value) => {
    expect(failuresOf({ a: value }, (each) => each.days("a", 365))).toHaveLength(1);
  });

  test.each([5, true, [], {}, ["x"]])("text %j is a failure", (value) => {
    expect(failuresOf({ a: value }, (each) => each.text("a"))[0]!.reason).toBe(
      `\`a\` must be a text, not ${shape(value)}`,
    );
  });

  test("map of texts may have unknown values; an empty one is none", () => {
    const checking = check({ a: { x: "1", y: UNKNOWN }, b: {} });
    checking.textMap("a");
    checking.textMap("b");
    expect(checking.result()).toEqual({ inputs: { a: { x: "1", y: UNKNOWN } }, failures: [] });
  });

  test.each([["x"], "x", { a: 1 }, { a: null }, { a: ["x"] }])("map %j is a failure", (value) => {
    expect(failuresOf({ a: value }, (each) => each.textMap("a"))).toHaveLength(1);
  });

  test("all failures come at once", () => {
    const failures = failuresOf({ a: 1, b: "x", c: -1 }, (each) => {
      each.text("a");
      each.flag("b");
      each.days("c", 9);
    });
    expect(failures.map(({ property }) => property)).toEqual(["a", "b", "c"]);
  });
});

describe("words", () => {
  test.each<[unknown, string]>([
    [null, "null"],
    [[1, 2], "a list of 2"],
    ["canary", "a text of 6 characters"],
    [{ a: 1 }, "an object"],
    [5, "a number"],
    [true, "a boolean"],
    [undefined, "a undefined"],
  ])("shape of %j is %j", (value, text) => expect(shape(value)).toBe(text));

  test.each([
    [[], ""],
    [["a"], "`a`"],
    [["a", "b"], "`a` and `b`"],
    [["a", "b", "c"], "`a`, `b` and `c`"],
  ])("%j listed is %j", (names, text) => expect(listed(names)).toBe(text));

  test("without leaves out, and changes nothing", () => {
    const properties = { a: 1, b: 2 };
    expect(without(properties, "a", "c")).toEqual({ b: 2 });
    expect(properties).toEqual({ a: 1, b: 2 });
  });
});
