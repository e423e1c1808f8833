// src/text/auto-name.ts: names and descriptions made up by the package: a template from the program, a mark from `check`, and never a user's own text.
import {
  autoNameTemplate,
  endsInMarker,
  newMarker,
  fillTemplate,
  isPreviewTemplate,
  isTemplate,
  markerOf,
} from "../../src/text/auto-name";
import type { AutoKind } from "../../src/text/auto-name";
import { UNKNOWN } from "../../src/values";
import { InputCheck } from "../../src/fields/input-check";

const NAME = autoNameTemplate("deploy-", false);
const DESCRIPTION = autoNameTemplate("pulumi shop/prod/deploy #", false);
const later = {
  name: autoNameTemplate("deploy-", true),
  description: autoNameTemplate("pulumi shop/prod/deploy #", true),
};
const auto = (kind: AutoKind, given: unknown, old?: unknown, options = { adopting: false, renew: false }) => {
  const check = new InputCheck({ [kind]: given }, [kind]);
  check.autoName(kind, old === undefined ? {} : { [kind]: old }, options);
  return check.result().inputs[kind];
};

describe("a template", () => {
  test.each<[AutoKind, string]>([
    ["name", NAME],
    ["name", later.name],
    ["description", DESCRIPTION],
    ["description", later.description],
    ["name", autoNameTemplate("a\nb-", false)],
    ["description", autoNameTemplate("pulumi a/b/c\nd #", false)],
    ["description", autoNameTemplate("pulumi org/a/b/${hex(7)} #", true)],
  ])("of a %s (%j) is known as one, and filled in bears a mark", (kind, template) => {
    expect(isTemplate(template, kind)).toBe(true);
    expect(endsInMarker(template, kind)).toBe(false);
    const text = fillTemplate(template);
    expect(endsInMarker(text, kind)).toBe(true);
    expect(isTemplate(text, kind)).toBe(false);
    expect(markerOf(text)).toMatch(/^[0-9a-f]{7}$/);
    expect(text.endsWith(markerOf(text))).toBe(true);
  });

  test("of a preview is drawn only later", () => {
    expect(Object.values(later).map(isPreviewTemplate)).toEqual([true, true]);
    expect([NAME, DESCRIPTION].map(isPreviewTemplate)).toEqual([false, false]);
  });

  test.each(["${hex(7)}-", "$&-$1-$$-"])("keeps the special prefix %s", (prefix) => {
    const text = fillTemplate(autoNameTemplate(prefix, false));
    expect([text.slice(0, -7), text.slice(-7)]).toEqual([prefix, expect.stringMatching(/^[0-9a-f]{7}$/)]);
  });
});

const ALIKE: [AutoKind, unknown[]][] = [
  ["name", ["deploy", "deploy-1234567", "deploy-${hex(8)}", "deploy-${hex(7)} ", "deploy-${hex(7)}\n"]],
  ["name", ["deploy${hex(7)}", "${hex(7)}", "deploy-${hex(7), known}", UNKNOWN, undefined, 5]],
  ["description", ["CI key", "CI key-${hex(7)}", "CI key #${hex(7)}", "pulumi deploy #${hex(7)}"]],
  ["description", ["pulumi a/b #${hex(7)}", "see pulumi a/b/c #${hex(7)}", "pulumi a/b/c #${hex(7)} (old)"]],
  ["description", ["pulumi a/b/c #1234567"]],
];
const UNMARKED: [AutoKind, unknown[]][] = [
  ["name", ["deploy", "deploy-123456", "deploy-12345678", "deploy-123456g"]],
  ["name", ["deploy-ABCDEF0", "deploy-1234567\n"]],
  ["description", ["rotate issue #1234567", "pulumi a/b/c #12345678", "pulumi a/b/c#1234567"]],
  ["description", ["the pulumi a/b/c #1234567", "pulumi a/b #1234567", null]],
];
const rows = (table: [AutoKind, unknown[]][]) =>
  table.flatMap(([kind, texts]) => texts.map((text): [AutoKind, unknown] => [kind, text]));

test.each(rows(ALIKE))("a %s of the user that looks like a template is none: %p", (kind, text) => {
  expect(isTemplate(text, kind)).toBe(false);
  if (typeof text === "string") expect(auto(kind, text)).toBe(text);
});

test.each(rows(UNMARKED))("a mark is not seen in the %s %p", (kind, text) =>
  expect(endsInMarker(text, kind)).toBe(false),
);

test("a mark is seven hex digits, another one each time", () => {
  const marks = new Set(Array.from({ length: 1_000 }, newMarker));
  expect(marks.size).toBeGreaterThan(990);
  for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{7}$/);
});

describe.each<[AutoKind, string, string, string]>([
  ["name", NAME, "deploy-0a1b2c3", "deploy"],
  ["description", DESCRIPTION, "pulumi shop/prod/deploy #0a1b2c3", "by hand"],
])("the check of a %s that is left to the package", (kind, template, marked, explicit) => {
  test("draws a mark at `up` and leaves it unknown in a preview", () => {
    expect(auto(kind, template)).toMatch(/[-#][0-9a-f]{7}$/);
    expect(auto(kind, later[kind])).toBe(UNKNOWN);
  });

  test("keeps a mark once drawn, in previews as well", () => {
    expect(auto(kind, template, marked)).toBe(marked);
    expect(auto(kind, later[kind], marked)).toBe(marked);
  });

  test("draws a new one when the thing itself is another", () => {
    const renewed = auto(kind, template, marked, { adopting: false, renew: true });
    expect(renewed).not.toBe(marked);
    expect(endsInMarker(renewed, kind)).toBe(true);
    expect(auto(kind, later[kind], marked, { adopting: false, renew: true })).toBe(UNKNOWN);
  });

  test("draws one when the text was explicit before", () =>
    expect(endsInMarker(auto(kind, template, explicit), kind)).toBe(true));

  test("keeps the template of something that is taken over and has a text already", () => {
    expect(auto(kind, template, undefined, { adopting: true, renew: false })).toBe(template);
    expect(auto(kind, template, template)).toBe(template);
  });

  test("leaves explicit and unknown ones alone", () => {
    expect(auto(kind, explicit, marked)).toBe(explicit);
    expect(auto(kind, marked)).toBe(marked);
    expect(auto(kind, UNKNOWN, marked)).toBe(UNKNOWN);
  });
});
