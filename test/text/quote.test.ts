// src/text/quote.ts and did-you-mean.ts: how messages speak of values and names.
import { didYouMean } from "../../src/text/did-you-mean";
import { listed, shape } from "../../src/text/quote";

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
])("the shape of %j is %j", (value, text) => expect(shape(value)).toBe(text));

test.each([
  [[], ""],
  [["a"], "`a`"],
  [["a", "b"], "`a` and `b`"],
  [["a", "b", "c"], "`a`, `b` and `c`"],
])("%j listed is %j", (names, text) => expect(listed(names)).toBe(text));

const NAMES = ["database", "storage", "llm-api", "dns", "vps"];
test.each([
  ["databse", "database"],
  ["Database", "database"],
  ["STORAGE", "storage"],
  ["storrage", "storage"],
  ["llm_api", "llm-api"],
  ["llmapi", "llm-api"],
  ["dsn", "dns"],
  ["vp", "vps"],
])("%j suggests %j", (given, name) => expect(didYouMean(given, NAMES)).toBe(`; did you mean "${name}"?`));

const FAR = ["kubernetes", "", "xyz!", "a-totally-different-thing", "x".repeat(1_000_000)];
test.each(FAR)("%j suggests nothing", (given) => expect(didYouMean(given, NAMES)).toBe("."));

test("no names suggest nothing", () => expect(didYouMean("x", [])).toBe("."));
