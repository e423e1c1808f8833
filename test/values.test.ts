// src/values.ts: what is equal, and what is left out.
import fc from "fast-check";
import { same, UNKNOWN, without } from "../src/values";

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
])("%p and %p are the same: %p", (a, b, expected) => {
  expect([same(a, b), same(b, a)]).toEqual([expected, expected]);
});

test("every value is the same as its copy, whatever the order of keys", () => {
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

test("without leaves out, and changes nothing", () => {
  const properties = { a: 1, b: 2 };
  expect(without(properties, "a", "c")).toEqual({ b: 2 });
  expect(properties).toEqual({ a: 1, b: 2 });
});
