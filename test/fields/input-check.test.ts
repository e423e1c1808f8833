// src/fields/input-check.ts: what is wrong with inputs, in words for the user, all at once, and never a value.
import { checkInputs, days, flag, text, valueMap } from "../../src/fields/field";
import { InputCheck } from "../../src/fields/input-check";
import { shape } from "../../src/text/quote";
import { UNKNOWN } from "../../src/values";
import type { Properties } from "../../src/values";

const SECRET = `wayscloud_pat_abc12_${"Canary0123456789".repeat(3)}`;

/** What the check makes of these inputs, which are all known ones. */
const checked = (news: Properties, work: (check: InputCheck) => void) => {
  const checking = new InputCheck(news, Object.keys(news));
  work(checking);
  return checking.result();
};
/** Of an input `a`. */
const failuresOf = (a: unknown, work: (check: InputCheck) => void) => checked({ a }, work).failures;
/** The check of the input `a`, which has this field. */
const as = (field: object) => (check: InputCheck) => checkInputs({ a: field }, check);
const optional = (check: InputCheck): void => {
  for (const field of [flag, days(1, 9), text, valueMap]) as(field)(check);
};

const every = (check: InputCheck): void => {
  check.required("a", "x");
  optional(check);
};

test("an input that does not exist is a failure without its value, with the nearest name", () => {
  const { failures } = new InputCheck({ publickey: "canary", nme: "canary" }, ["publicKey", "name"]).result();
  expect(failures).toEqual([
    {
      property: "",
      reason: expect.stringContaining(
        'unknown input `publickey`; did you mean "publicKey"? Valid inputs: `publicKey` and `name`.',
      ),
    },
    { property: "", reason: expect.stringContaining('`nme`; did you mean "name"?') },
  ]);
  expect(JSON.stringify(failures)).not.toContain("canary");
  const [failure] = new InputCheck({ [SECRET]: 1 }, ["name"]).result().failures;
  expect(failure?.reason).toMatch(/^unknown input `…`/);
});

test("an unknown input is passed on by every check, and is no failure", () => {
  const result = checked({ a: UNKNOWN }, every);
  expect(result).toEqual({ inputs: { a: UNKNOWN }, failures: [] });
});

test.each([undefined, null])("an input that is %p is a failure only where it is required", (value) => {
  expect(failuresOf(value, optional)).toEqual([]);
  const required = [{ property: "a", reason: "`a` is required: a text" }];
  expect(failuresOf(value, (check) => check.required("a", "a text"))).toEqual(required);
  expect(checked({}, (check) => check.required("a", "a text")).failures).toEqual(required);
});

test.each([true, false])("the flag %p is taken", (value) => {
  expect(checked({ a: value }, as(flag))).toEqual({
    inputs: { a: value },
    failures: [],
  });
});

test.each<[unknown, string, string]>([
  ...[1, 0].map((value): [unknown, string, string] => [value, String(value), "a"]),
  ...["", [], {}].map((value): [unknown, string, string] => [value, shape(value), "a"]),
  ["canary canary canary", "a string of 20 characters", ""],
  // A short word is no secret.
  ["never", 'the string "never"', "a"],
  ["true", 'the string "true" (read stack config with `config.getBoolean`)', "a"],
])("the flag %j is a failure that shows no value, unless that is a short word", (value, what, property) => {
  const reason = `\`a\` must be true or false, not ${what}`;
  expect(failuresOf(value, as(flag))).toEqual([{ property, reason }]);
});

test.each([
  ...[1, 365].map((value) => [value, 0] as const),
  ...[0, -1, 1.5, NaN, Infinity, 366, 1e21, "30", [30], true].map((value) => [value, 1] as const),
])("%p days of 365 at most are %i failures", (value, count) => {
  expect(failuresOf(value, as(days(1, 365)))).toHaveLength(count);
});

test("days that came from the stack config say how to read a number there", () => {
  expect(failuresOf("30", as(days(1, 365)))[0]!.reason).toBe(
    '`a` must be a whole number of days from 1 to 365, not the string "30" (read stack config with `config.getNumber`)',
  );
});

test.each([5, true, [], {}, ["x"]])("the text %j is a failure", (value) => {
  const { reason } = failuresOf(value, as(text))[0]!;
  expect(reason).toBe(`\`a\` must be a string, not ${value === 5 ? "5" : shape(value)}`);
});

test("a map may have any values, at any depth, and unknown ones; an empty one is absent", () => {
  const list = [1, { deep: ["y", UNKNOWN] }];
  const a = { n: 1, yes: true, text: "x", none: null, list, later: UNKNOWN };
  const result = checked({ a, b: {} }, (check) => checkInputs({ a: valueMap, b: valueMap }, check));
  expect(result).toEqual({ inputs: { a }, failures: [] });
});

test.each([["x"], "x", 5, true])("the map %j is a failure", (value) => {
  expect(failuresOf(value, as(valueMap))[0]!.reason).toBe(
    `\`a\` must be an object, such as { quarter: "2026-Q4" }, not ${value === "x" ? 'the string "x"' : value === 5 ? "5" : shape(value)}`,
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
  expect(failuresOf(value, every)).toEqual([
    {
      property: "",
      reason: `\`${where}\` contains an Output that was turned into a string; use \`pulumi.interpolate\`, or \`.apply\` on the Output`,
    },
  ]);
});

test("a text that people see must not hold a key: the failure names no value, and the key is kept nowhere", () => {
  const { inputs, failures } = checked({ a: `made with ${SECRET}` }, as(text));
  expect(failures).toEqual([
    { property: "", reason: expect.stringContaining("`a` contains a key or another secret") },
  ]);
  expect(JSON.stringify([inputs, failures])).not.toContain("Canary");
});

test.each<[boolean, unknown[]]>([
  [true, [undefined, null, 5, true, "a short word", [], {}]],
  [false, ["a word of 13.", "tab\t", "ø", [1], { a: true }, Buffer.from("x")]],
])("a failure names its property (%p) if the engine may print its value", (named, values) => {
  for (const value of values)
    expect(failuresOf(value, (check) => check.fail("a", "wrong"))).toEqual([
      { property: named ? "a" : "", reason: "wrong" },
    ]);
});

test("a name that is generated from a logical name may have a hash in it", () => {
  const name = `${"0123456789abcdef".repeat(4)}-\${hex(7)}`;
  const { failures } = checked({ name }, (check) =>
    check.autoName("name", {}, { adopting: false, renew: false }),
  );
  expect(failures).toEqual([]);
});

test("all failures come at once", () => {
  const { failures } = checked({ a: 1, b: "x", c: -1 }, (check) =>
    checkInputs({ a: text, b: flag, c: days(1, 9) }, check),
  );
  expect(failures.map(({ property }) => property)).toEqual(["a", "b", "c"]);
});
