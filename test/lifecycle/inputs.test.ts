// Checking inputs: what is wrong in words for the user, all at once, and never a value.
import fc from "fast-check";

import { didYouMean } from "../../src/text/did-you-mean";
import { listed, shape } from "../../src/text/quote";
import { same, without, UNKNOWN } from "../../src/values";
import type { Properties } from "../../src/values";
import { InputCheck } from "../../src/fields/input-check";

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
          'unknown input `publickey`; did you mean "publicKey"? Valid inputs: `publicKey` and `name`.',
        ),
      },
      { property: "", reason: expect.stringContaining('`nme`; did you mean "name"?') },
    ]);
    expect(JSON.stringify(checking.result().failures)).not.toContain("canary");
  });

  test("that is unknown is passed on by every check, and is no failure", () => {
    const checking = check({ a: UNKNOWN });
    checking.required("a", "x");
    checking.boolean("a");
    checking.days("a", 10);
    checking.string("a");
    checking.valueMap("a");
    expect(checking.result()).toEqual({ inputs: { a: UNKNOWN }, failures: [] });
  });

  test.each([undefined, null])("that is %p is absent: a failure only where it is required", (value) => {
    expect(
      failuresOf({ a: value }, (each) => {
        each.boolean("a");
        each.days("a", 9);
        each.string("a");
        each.valueMap("a");
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
    checking.boolean("a");
    expect(checking.result()).toEqual({ inputs: { a: value }, failures: [] });
  });

  test.each([1, 0, "", [], {}, "canary canary canary"])(
    "flag %j is a failure that shows no value",
    (value) => {
      expect(failuresOf({ a: value }, (each) => each.boolean("a"))).toEqual([
        {
          property: value === "canary canary canary" ? "" : "a",
          reason: `\`a\` must be true or false, not ${shape(value)}`,
        },
      ]);
    },
  );

  test.each([
    ["never", '`a` must be true or false, not the string "never"'],
    ["true", '`a` must be true or false, not the string "true" (read stack config with `config.getBoolean`)'],
  ])("flag %j names the mistake, as a short word is no secret", (value, reason) => {
    expect(failuresOf({ a: value }, (each) => each.boolean("a"))).toEqual([{ property: "a", reason }]);
  });

  test("days that came from the stack config say how to read a number there", () => {
    expect(failuresOf({ a: "30" }, (each) => each.days("a", 365))[0]!.reason).toBe(
      '`a` must be a whole number of days from 1 to 365, not the string "30" (read stack config with `config.getNumber`)',
    );
  });

  test.each([1, 365])("%d days are taken", (value) =>
    expect(failuresOf({ a: value }, (each) => each.days("a", 365))).toEqual([]),
  );

  test.each([0, -1, 1.5, NaN, Infinity, 366, 1e21, "30", [30], true])("%p days are a failure", (value) => {
    expect(failuresOf({ a: value }, (each) => each.days("a", 365))).toHaveLength(1);
  });

  test.each([5, true, [], {}, ["x"]])("text %j is a failure", (value) => {
    expect(failuresOf({ a: value }, (each) => each.string("a"))[0]!.reason).toBe(
      `\`a\` must be a string, not ${shape(value)}`,
    );
  });

  test("map may have any values, at any depth, and unknown ones; an empty one is absent", () => {
    const values = {
      n: 1,
      yes: true,
      text: "x",
      none: null,
      list: [1, { deep: ["y", UNKNOWN] }],
      later: UNKNOWN,
    };
    const checking = check({ a: values, b: {} });
    checking.valueMap("a");
    checking.valueMap("b");
    expect(checking.result()).toEqual({ inputs: { a: values }, failures: [] });
  });

  test.each([["x"], "x", 5, true])("map %j is a failure", (value) => {
    expect(failuresOf({ a: value }, (each) => each.valueMap("a"))[0]!.reason).toBe(
      `\`a\` must be an object, such as { quarter: "2026-Q4" }, not ${value === "x" ? 'the string "x"' : shape(value)}`,
    );
  });

  const literal =
    "for Calling [toString] on an [Output<T>] is not supported.\n\nTo get the value of an Output<T> as an Output<string> …";
  test.each<[unknown, string]>([
    [literal, "a"],
    ["Calling [toJSON] on an [Output<T>] is not supported.", "a"],
    [[literal], "a[0]"],
    [{ of: { deep: literal } }, "a.of.deep"],
    [{ [literal]: 1 }, "a"],
  ])("an Output that was turned into a string is named, once: %j", (value, where) => {
    const failures = failuresOf({ a: value }, (each) => {
      each.required("a", "x");
      each.string("a");
      each.valueMap("a");
      each.days("a", 9);
    });
    expect(failures).toEqual([
      {
        property: "",
        reason: `\`${where}\` contains an Output that was turned into a string; use \`pulumi.interpolate\`, or \`.apply\` on the Output`,
      },
    ]);
  });

  test("that people see must not hold a key: the failure names no value, and the key is kept nowhere", () => {
    const secret = `wayscloud_pat_abc12_${"Canary0123456789".repeat(3)}`;
    const checking = check({ description: `made with ${secret}` });
    checking.string("description");
    const { inputs, failures } = checking.result();
    expect(failures).toEqual([
      { property: "", reason: expect.stringContaining("`description` contains a key or another secret") },
    ]);
    expect(JSON.stringify([inputs, failures])).not.toContain("Canary");
  });

  test.each<[unknown, boolean]>([
    [undefined, true],
    [null, true],
    [5, true],
    [true, true],
    ["a short word", true],
    ["a word of 13.", false],
    ["tab\t", false],
    ["ø", false],
    [[], true],
    [{}, true],
    [[1], false],
    [{ a: true }, false],
    [Buffer.from("x"), false],
  ])("%j that failed is named: %p, since the engine prints the value of the property", (value, named) => {
    expect(failuresOf({ a: value }, (each) => each.fail("a", "wrong"))).toEqual([
      { property: named ? "a" : "", reason: "wrong" },
    ]);
  });

  test("whose name holds a key is an unknown input without a name", () => {
    const name = `wayscloud_pat_abc12_${"Canary0123456789".repeat(3)}`;
    const [failure] = new InputCheck({ [name]: 1 }, ["name"]).result().failures;
    expect(failure?.reason).toMatch(/^unknown input `…`/);
  });

  test("that is generated from a logical name may have a hash in it", () => {
    const name = `${"0123456789abcdef".repeat(4)}-\${hex(7)}`;
    expect(
      failuresOf({ name }, (each) => each.autoName("name", {}, { adopting: false, renew: false })),
    ).toEqual([]);
  });

  test("all failures come at once", () => {
    const failures = failuresOf({ a: 1, b: "x", c: -1 }, (each) => {
      each.string("a");
      each.boolean("b");
      each.days("c", 9);
    });
    expect(failures.map(({ property }) => property)).toEqual(["a", "b", "c"]);
  });
});

describe("words", () => {
  test.each<[unknown, string]>([
    [null, "null"],
    [[1, 2], "a list of 2"],
    ["canary", "a string of 6 characters"],
    [{ a: 1 }, "an object"],
    [5, "a number"],
    [true, "a boolean"],
    [undefined, "undefined"],
    [{ 0: 45, 1: 45 }, 'a Buffer: read the file with `readFileSync(path, "utf8")`'],
    [Buffer.from("x").toJSON(), 'a Buffer: read the file with `readFileSync(path, "utf8")`'],
    [{ 0: 45, 1: "x" }, "an object"],
    [{ type: "x", data: [1] }, "an object"],
    [{ a: 1 }, "an object"],
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
