// Whose is a listed key that the API spells otherwise than it was sent? It may be ours: it is named in the
// run that leaves it, never forgotten without a word.
import {
  PersonalAccessToken,
  RotatingPersonalAccessToken,
  RotatingServiceKey,
  ServiceKey,
} from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import type { Transform } from "../../../src/emulator";
import type { Properties } from "../../../src/values";
import { showing, spelling } from "../../support/answers";

const SERVICE = { service: "dns" };
const TOKEN = { scopes: ["ssh_keys:write"] };

type Spelling = [how: string, spec: Properties, name: string, transform: Transform];
const SPELLINGS: Spelling[] = [
  ["scopes with those that they imply", TOKEN, "a", showing(withImplied)],
  ["scopes in upper case", TOKEN, "a", showing(withScopes((scope) => scope.toUpperCase()))],
  [
    "tokens as of a service",
    TOKEN,
    "a",
    showing((entry) => (entry["service"] === null ? { ...entry, service: "pat" } : entry)),
  ],
  [
    "a service by another word",
    { service: "llm-api" },
    "a",
    spelling("service", (text) => text.replace("llm-api", "llm")),
  ],
  ["services in upper case", SERVICE, "a", spelling("service", (text) => text.toUpperCase())],
  ["descriptions escaped", SERVICE, "r&d", described((text) => text.replace(/&/g, "&amp;"))],
  ["the number sign escaped", SERVICE, "a", described((text) => text.replace(/#/g, "&#35;"))],
  ["descriptions normalized", SERVICE, "cafe\u0301", described((text) => text.normalize("NFC"))],
  [
    "emoji as question marks",
    SERVICE,
    "a\u{1F680}",
    described((text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, "?")),
  ],
  ["slashes replaced", SERVICE, "a", described((text) => text.replace(/\//g, "-"))],
  ["white space collapsed", SERVICE, "a  b", described((text) => text.replace(/\s+/g, " "))],
  ["descriptions with a prefix", SERVICE, "a", described((text) => `[API] ${text}`)],
];

function described(rewrite: (text: string) => string): Transform {
  return spelling("description", rewrite);
}

function withScopes(rewrite: (scope: string) => unknown) {
  return (entry: Record<string, unknown>) => ({
    ...entry,
    scopes: (entry["scopes"] as string[]).flatMap((scope) => rewrite(scope)),
  });
}

function withImplied(entry: Record<string, unknown>) {
  return withScopes((scope) => [scope.replace(":write", ":read"), scope])(entry);
}

const isToken = (spec: Properties): boolean => "scopes" in spec;

describe.each(SPELLINGS)("row 54: the API lists %s", (_how, spec, name, transform) => {
  const declare = (): void =>
    stack.declare("it", isToken(spec) ? PersonalAccessToken : ServiceKey, {
      ...spec,
      description: `pulumi test/dev/${name} #\${hex(7)}`,
    });
  const declareRotating = (): void =>
    stack.declare("it", isToken(spec) ? RotatingPersonalAccessToken : RotatingServiceKey, {
      ...spec,
      description: `pulumi test/dev/${name}`,
      rotateEveryDays: 30,
      overlapDays: 7,
      __owner: "",
    });

  beforeEach(() => {
    account.emulator.transform = transform;
  });

  test.each([
    ["a key", declare],
    ["a rotating key", declareRotating],
  ])(
    "the response to the creation of %s is lost: one live key, or the other one is named",
    async (_what, say) => {
      say();
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      expect(account.unnamed(stack)).toEqual([]);
      await stack.up();
      const left = account.unnamed(stack);
      expect(account.live.filter((id) => !stack.ids.includes(id)).length).toBeLessThanOrEqual(1);
      await stack.destroy();
      expect({ held: stack.ids, live: account.live }).toEqual({ held: [], live: left });
    },
  );

  test.each([
    ["up", () => stack.up()],
    ["destroy", () => stack.destroy()],
  ])("%s after a creation that stayed unresolved: its key is gone, or named", async (_what, next) => {
    declare();
    await stack.up({ troubles: [{ fate: "answer lost" }, { method: "GET", times: 12 }] });
    expect(stack.held("it").id).toMatch(/^unresolved\//);
    account.timing.elapsed += 60_000;
    await next();
    expect(account.unnamed(stack)).toEqual([]);
  });

  test("a rotation was killed after its POST: the next run removes its key, or names it", async () => {
    declareRotating();
    await stack.up();
    account.pass(31);
    await stack.up({ kill: { nth: 2, arrived: true } });
    account.timing.elapsed += 60_000;
    await stack.up();
    expect(account.unnamed(stack)).toEqual([]);
  });
});
