// Whose is it, by its marker? A key that bears ours is ours for as long as the resource exists. Where the API spells it
// otherwise, or another stack may have made it, it is named in the run that leaves it, never forgotten without a word.
import type { Transform } from "../../../src/emulator";
import type { Properties } from "../../../src/values";
import { showing, spelling } from "../../support/answers";
import {
  PersonalAccessToken,
  type Resource,
  RotatingPersonalAccessToken,
  RotatingServiceKey,
  ServiceKey,
  SshKey,
} from "../../support/engine-resources";
import { DECLARED, KINDS, ROTATING, ROTATING_KEY, SERVICE_KEY, SSH_KEYS, TOKEN } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, HOUR, MINUTE, stack, UP_OR_DESTROY } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";
import { StoryStack } from "../../support/story-stack";

const DNS = { service: "dns" };
const SCOPES = { scopes: ["ssh_keys:write"] };
const described = (rewrite: (text: string) => string): Transform => spelling("description", rewrite);
const scoped = (rewrite: (scope: string) => string[]): Transform =>
  showing((entry) => ({ ...entry, scopes: (entry["scopes"] as string[]).flatMap(rewrite) }));

const LISTED: [how: string, transform: Transform, spec?: Properties, name?: string][] = [
  ["scopes with those that they imply", scoped((scope) => [scope.replace(":write", ":read"), scope]), SCOPES],
  ["scopes in upper case", scoped((scope) => [scope.toUpperCase()]), SCOPES],
  ["tokens as of a service", showing((entry) => ({ ...entry, service: entry["service"] ?? "pat" })), SCOPES],
  [
    "a service by another word",
    spelling("service", (text) => text.replace("-api", "")),
    { service: "llm-api" },
  ],
  ["services in upper case", spelling("service", (text) => text.toUpperCase())],
  ["descriptions escaped", described((text) => text.replace(/&/g, "&amp;")), DNS, "r&d"],
  ["the number sign escaped", described((text) => text.replace(/#/g, "&#35;"))],
  ["descriptions normalized", described((text) => text.normalize("NFC")), DNS, "cafe\u0301"],
  [
    "emoji as question marks",
    described((text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, "?")),
    DNS,
    "a\u{1F680}",
  ],
  ["slashes replaced", described((text) => text.replace(/\//g, "-"))],
  ["white space collapsed", described((text) => text.replace(/\s+/g, " ")), DNS, "a  b"],
  ["descriptions with a prefix", described((text) => `[API] ${text}`)],
];

describe.each(LISTED)("row 54: the API lists %s", (_how, transform, spec = DNS, name = "a") => {
  const description = `pulumi test/dev/${name}`;
  const KEY = { ...spec, description: `${description} #\${hex(7)}` };
  const ROTATING_KEY = { ...spec, description, rotateEveryDays: 30, overlapDays: 7, __owner: "" };
  const [plain, rotating] =
    "scopes" in spec ? [PersonalAccessToken, RotatingPersonalAccessToken] : [ServiceKey, RotatingServiceKey];
  beforeEach(() => void (account.emulator.transform = transform));

  test.each([
    ["key", plain, KEY],
    ["rotating key", rotating, ROTATING_KEY],
  ])("a %s whose response is lost lives once, or the other one is named", async (_what, type, inputs) => {
    await stack.deploy("it", type, inputs, troubled(LOST));
    stack.expectAllNamed();
    await stack.up();
    const left = account.unnamed(stack);
    expect(account.live.filter((id) => !stack.ids.includes(id)).length).toBeLessThanOrEqual(1);
    await stack.destroy();
    expect({ held: stack.ids, live: account.live }).toEqual({ held: [], live: left });
  });

  test.each(UP_OR_DESTROY)("%s after an unresolved creation removes or names its key", async (next) => {
    await stack.deploy("it", plain, KEY, troubled(LOST, NO_LIST));
    expect(stack.held("it").id).toMatch(/^unresolved\//);
    account.later(MINUTE);
    await stack[next]();
    stack.expectAllNamed();
  });

  test("a rotation was killed after its POST: the next run removes its key, or names it", async () => {
    await stack.deploy("it", rotating, ROTATING_KEY);
    account.pass(31);
    await stack.up({ kill: { nth: 2, arrived: true } });
    account.later(MINUTE);
    await stack.up();
    stack.expectAllNamed();
  });
});

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
      stack.declareRotating({ overlapDays, __owner: undefined, ...more }, kind);
    const killed = async (arrived: boolean): Promise<void> => {
      await stack.killRotation({ overlapDays, __owner: undefined }, kind, arrived);
      account.later(4_000);
    };

    test.each(LATER)("an up that its key is not listed to, %s: nothing lives", async (_how, next) => {
      await killed(true);
      account.emulator.quirks.listLag = 10_000;
      await stack.up();
      account.emulator.quirks.listLag = 0;
      account.later(HOUR);
      await next(declare);
      await stack.expectDestroyed();
    });

    test.each(LATER)("an up before that POST takes effect, and %s: nothing lives", async (_how, next) => {
      await killed(false);
      await stack.up();
      const { scopes, description } = account.control.liveApiKeys().find(({ id }) => id === stack.current)!;
      account.later(5_000);
      account.control.addApiKey({ ...kind[2], scopes: [...scopes], description });
      account.later(HOUR);
      await next(declare);
      await stack.expectDestroyed();
    });
  });
});

describe.each([
  ...KINDS,
  [
    "rotating token with a description of its own",
    RotatingPersonalAccessToken,
    { scopes: ["dns:read"], description: "tokens", rotateEveryDays: 30 },
  ],
] as const)("row 52: a hook asks again for a %s", (_what, type: Resource, inputs) => {
  // The program looks this up while the hook decides: that reads the list.
  const meanwhile = "reader";
  beforeEach(() =>
    SSH_KEYS.some(([, each]) => each === type)
      ? stack.deploy(meanwhile, SshKey, { publicKey: publicKey("reader"), name: "reader" })
      : stack.deploy(meanwhile, ServiceKey, { service: "vps", description: "reader" }),
  );

  test.each([
    ["whose orphan could not be removed", {}, [LOST, { method: "DELETE", times: 4 }]],
    [
      "whose orphan another reader's list shows, and none before",
      { meanwhile },
      [LOST, { ...NO_LIST, times: 3 }],
    ],
    [
      "that exists, but whose first request took effect after the last look, and another reader's list shows it",
      { meanwhile },
      [
        { fate: "arrives late", late: 6.3 },
        { method: "GET", nth: 4, times: 4 },
      ],
    ],
  ] as const)("%s: one key in the end", async (_how, options, troubles) => {
    await stack.deploy("it", type, inputs, { retries: 1, ...options, ...troubled(...troubles) });
    stack.expectHeld();
    expect(stack.ids).toHaveLength(2);
    await stack.expectDestroyed();
  });
});

describe.each([SERVICE_KEY, TOKEN, ROTATING_KEY])(
  "row 52: a hook asks again for a %s, late requests, lagging lists",
  (_what, type, inputs) => {
    test.each([2, 3])("%d of three arrive late: nothing of ours outlives destroy unnamed", async (times) => {
      account.emulator.quirks.listLag = 5_000;
      const late = { fate: "arrives late", late: times === 2 ? 3 : 1, times } as const;
      const troubles = [late, { ...NO_LIST, nth: 4, times: 3 }];
      await stack.deploy("it", type, inputs, { retries: 1, troubles });
      await account.timing.settle(true);
      account.emulator.quirks.listLag = 0;
      account.later(10 * MINUTE);
      await stack.expectNothingLeftUnnamed();
    });
  },
);

describe.each([
  ["without a description", RotatingServiceKey, { ...DECLARED.RotatingServiceKey, description: undefined }],
  [
    "with a description of its own",
    RotatingPersonalAccessToken,
    { ...SCOPES, description: "tokens", rotateEveryDays: 30 },
  ],
] as const)("a state in two stacks, or of a renamed one: a rotating key %s", (_how, type, inputs) => {
  const declare = (on: StoryStack, owner = `test/${on.name}/it`): void =>
    on.declare("it", type, {
      ...inputs,
      description: inputs.description ?? `pulumi ${owner}`,
      overlapDays: 7,
      __owner: inputs.description === undefined ? "" : owner,
    });

  test("row 40: a rotation stayed unresolved before the copy: the copy does not take what the original made since for its own", async () => {
    declare(stack);
    await stack.up();
    account.pass(31);
    await stack.up(troubled(NEVER_ARRIVES, { ...NO_LIST, nth: 2 }));
    expect(stack.held("it").outputs.unresolved).toBe(true);
    const copy = new StoryStack(account, "copy");
    copy.takeStateOf(stack);
    declare(copy);
    await stack.up();
    const made = String(stack.held("it").outputs.keyId);
    await copy.up();
    expect(copy.errors).toEqual([]);
    expect(account.live).toContain(made);
    expect(copy.printed).toContain(made);
  });

  test.each(UP_OR_DESTROY)("row 40: %s of a renamed stack names what a kill left", async (next) => {
    declare(stack);
    await stack.up();
    const { keyId } = stack.held("it").outputs;
    account.pass(31);
    await stack.up({ kill: { nth: 2, arrived: true } });
    const [left] = account.live.filter((id) => id !== keyId);
    declare(stack, "test/renamed/it");
    await stack[next]();
    expect(stack.errors).toEqual([]);
    if (account.live.includes(left!)) expect(stack.printed).toContain(left);
  });
});
