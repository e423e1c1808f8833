// Pulumi's resource options on this package's resources, served by the dynamic classes and by the plugin: what each did, as docs/options.md says.
import type { RecordedRequest } from "../../src/emulator";
import {
  type Host,
  liveIds,
  type OpenStack,
  openStack,
  publicKey,
  type StateResource,
} from "../support/engine";
import { ObservedTable } from "../support/observed-table";

const table = new ObservedTable("docs/options.md", "Resource options");
afterAll(() => {
  cases.forEach(({ option, tried, result, plugin }, index) => {
    const [dynamic, other] = (["dynamic", "plugin"] as const).map((host) => requestsBy[host][index] ?? "");
    table.note(option, tried, dynamic!, result, other!, plugin?.result ?? "the same");
  });
  table.compare();
});

interface Case {
  option: string;
  tried: string;
  /** Program text; `two` is true in the second round. */
  code: (name: string) => string;
  renamed?: boolean;
  /** The constant in the program that holds the resource, by which others, and the test, name it. */
  as?: "triggered" | "token" | "slow" | "dependent" | "secretPrefix" | "last";
  /** What the API got for this resource in the second round. */
  requests: string;
  result: string;
  /** Where the plugin does otherwise. */
  plugin?: { requests: string; result: string };
}

/** What was seen, case by case. */
const requestsBy: Record<Host, string[]> = { dynamic: [], plugin: [] };

const dns = `{ service: "dns" }`;
const TIMEOUT = `{ customTimeouts: { create: "1s" } }`;
const cases: Case[] = [
  {
    option: "`aliases`",
    tried: "another logical name, the old one as alias",
    code: (name) =>
      `new wayscloud.ServiceKey(two ? "${name}-renamed" : "${name}", ${dns}, { aliases: [{ name: "${name}" }] });`,
    renamed: true,
    requests: "none",
    result: "key and description unchanged",
  },
  {
    option: "`aliases`, `parent`",
    tried: "moved into a component",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", ${dns}, two ? { parent: team, aliases: [{ parent: pulumi.rootStackResource }] } : {});`,
    requests: "none",
    result: "the same key",
  },
  {
    option: "`ignoreChanges`",
    tried: "`publicKey`, changed",
    code: (name) =>
      `new wayscloud.SshKey("${name}", { publicKey: two ? "${publicKey(1)}" : "${publicKey(2)}" }, { ignoreChanges: ["publicKey"] });`,
    requests: "none",
    result: "the same key",
  },
  {
    option: "`ignoreChanges`",
    tried: "`service`, changed",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", { service: two ? "vps" : "dns" }, { ignoreChanges: ["service"] });`,
    requests: "none",
    result: "the same key",
  },
  {
    option: "`ignoreChanges`",
    tried: "`description`, first left out, then given",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", two ? { service: "dns", description: "other" } : ${dns}, { ignoreChanges: ["description"] });`,
    requests: "none",
    result: "the same key, with the generated description",
  },
  {
    option: "`ignoreChanges`",
    tried: "`rotationTriggers.quarter`, changed",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", { service: "dns", rotationTriggers: { quarter: String(two), by: "x" } },
        { ignoreChanges: ["rotationTriggers.quarter"] });`,
    requests: "none",
    result: "the same key",
  },
  {
    option: "`replaceOnChanges`",
    tried: "`rotateBeforeDays`, changed",
    code: (name) =>
      `new wayscloud.PersonalAccessToken("${name}", { scopes: ["a:read"], expiresInDays: 90, rotateBeforeDays: two ? 5 : 4 },
        { replaceOnChanges: ["rotateBeforeDays"] });`,
    as: "token",
    requests: "none",
    result:
      "**no effect**: dynamic providers cannot report which inputs changed. Inputs that require replacement replace anyway; to force a replacement use `rotationTriggers` or `replacementTrigger`",
    plugin: { requests: "POST DELETE", result: "replaced, new key first" },
  },
  {
    option: "`replacementTrigger`",
    tried: "changed",
    code: (name) => `new wayscloud.ServiceKey("${name}", ${dns}, { replacementTrigger: two });`,
    as: "triggered",
    requests: "POST DELETE",
    result: "replaced, new key first",
  },
  {
    option: "`replaceWith`",
    tried: "the resource above, which is replaced",
    code: (name) => `new wayscloud.ServiceKey("${name}", ${dns}, { replaceWith: [triggered] });`,
    requests: "POST DELETE",
    result: "replaced as well",
  },
  {
    option: "`deleteBeforeReplace: true`",
    tried: "`service` changed",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", { service: two ? "vps" : "dns" }, { deleteBeforeReplace: true });`,
    requests: "DELETE POST",
    result: "replaced, old key first",
  },
  {
    option: "`additionalSecretOutputs`",
    tried: "`keyPrefix`",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", ${dns}, { additionalSecretOutputs: ["keyPrefix"] });`,
    as: "secretPrefix",
    requests: "none",
    result: "secret in the state, and `key` too",
  },
  {
    option: "`customTimeouts`",
    tried: '`create: "1s"`, the API answers after 2 s',
    code: (name) =>
      `new wayscloud.PersonalAccessToken("${name}", { scopes: ["slow:read"] }, { ...${TIMEOUT}, dependsOn: [token] });`,
    as: "slow",
    requests: "none",
    result:
      "**no effect**: dynamic providers do not see it. The package uses its own timeouts (30 s per attempt, 2 min per operation)",
    plugin: {
      requests: "POST",
      result: "an error after 1 s; what was created is found and put right by the next command",
    },
  },
  {
    option: "`dependsOn`",
    tried: "the resource above",
    code: (name) => `new wayscloud.ServiceKey("${name}", ${dns}, { dependsOn: [slow] });`,
    as: "dependent",
    requests: "none",
    result: "created after it",
  },
  {
    option: "`version`, `pluginDownloadURL`",
    tried: "given",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", ${dns}, { version: "1.2.3", pluginDownloadURL: "https://plugins.invalid" });`,
    requests: "none",
    result: "no benefit; starts an additional provider process",
    plugin: { requests: "none", result: "no benefit" },
  },
  {
    option: "`transforms`",
    tried: "adds a description",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", ${dns}, { transforms: [({ props, opts }) => ({ props: { ...props, description: "transformed" }, opts })] });`,
    requests: "none",
    result: "created with it",
  },
  {
    option: "`transformations`",
    tried: "adds a description",
    code: (name) =>
      `new wayscloud.ServiceKey("${name}", ${dns}, { transformations: [({ props, opts }) => ({ props: { ...props, description: "transformationed" }, opts })] });`,
    requests: "none",
    result: "created with it",
  },
  {
    option: "stack transformation",
    tried: "`registerStackTransformation` adds a description",
    code: (name) => `new wayscloud.ServiceKey("${name}", ${dns});`,
    as: "last",
    requests: "none",
    result: "created with it",
  },
];
const named = (as: Case["as"]): string => `case-${cases.findIndex((each) => each.as === as)}`;

function round(two: boolean): string {
  const line = ({ as, code }: Case, index: number): string =>
    `${as === undefined ? "" : `const ${as} = `}${code(`case-${index}`)}`;
  return `
    const two = ${two};
    pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
      name === "${named("last")}" ? { props: { ...props, description: "for the stack" }, opts } : undefined);
    const team = new pulumi.ComponentResource("test:index:Team", "team");
    ${cases.map(line).join("\n")}
  `;
}

/** `POST DELETE`: the requests about the resource that was `before` and is `after`. */
function requestsFor(requests: RecordedRequest[], before: StateResource, after: StateResource): string {
  const text = after.outputs?.["name"] ?? after.outputs?.["description"];
  const mine = requests.filter(({ method, path, body }) => {
    const { name, description } = (body ?? {}) as { name?: string; description?: string };
    return method === "POST" ? (name ?? description) === text : path.endsWith(`/${before.id}`);
  });
  return mine.map(({ method }) => method).join(" ") || "none";
}

/** What the first round shows: order, secrets, transformed descriptions. */
async function expectFirstRound({ emulator, stack }: OpenStack): Promise<void> {
  expect(emulator.faults.pending()).toEqual([]);
  const posted = emulator.requests.map(({ body }) => (body as { description?: string }).description ?? "");
  const at = (as: Case["as"]): number => posted.findIndex((text) => text.includes(`${named(as)} #`));
  expect(at("slow")).toBeGreaterThanOrEqual(0);
  expect(at("dependent")).toBeGreaterThan(at("slow"));
  expect(posted).toEqual(expect.arrayContaining(["transformed", "transformationed", "for the stack"]));
  const prefix = await stack.resource(named("secretPrefix"));
  expect(prefix.additionalSecretOutputs?.sort()).toEqual(["key", "keyPrefix"]);
  expect(prefix.outputs?.["keyPrefix"]).toHaveProperty("ciphertext");
}

/** Two rounds of the program; answers what the second one printed. */
async function rounds(
  host: Host,
  { emulator, stack }: OpenStack,
  text: (two: boolean) => string,
): Promise<string> {
  await stack.up();
  await expectFirstRound({ emulator, stack });
  const before = await stack.resources({ showSecrets: true });
  emulator.requests.length = 0;
  stack.setProgram(text(true));
  const { stdout } = await stack.up(["--diff"]);
  const all = [...emulator.requests];
  const after = await stack.resources({ showSecrets: true });
  const find = (list: StateResource[], name: string): StateResource =>
    list.find(({ urn }) => urn.endsWith(`::${name}`))!;
  cases.forEach(({ option, tried, requests, renamed, plugin, as }, index) => {
    const old = find(before, `case-${index}`);
    const now = find(after, `case-${index}${renamed ? "-renamed" : ""}`);
    const seen = requestsFor(all, old, now);
    const expected = host === "plugin" && as !== "slow" ? (plugin?.requests ?? requests) : requests;
    expect({ host, option, tried, requests: seen }).toEqual({ host, option, tried, requests: expected });
    if (seen === "none") expect(now.outputs?.["key"]).toEqual(old.outputs?.["key"]);
    requestsBy[host].push(seen);
  });
  const replaced = requestsBy[host].filter((seen) => seen !== "none");
  expect(all).toHaveLength(replaced.length * 2);
  return stdout;
}

async function expectNothingLeft({ emulator, stack }: OpenStack): Promise<void> {
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([]);
}

test("each option does what the table says, and makes no other requests", async () => {
  const both = await openStack({ host: "dynamic", program: round(false) });
  both.emulator.faults.add({ method: "POST", contains: "slow:read", delay: 2_000 });
  await rounds("dynamic", both, round);
  await both.stack.preview(["--expect-no-changes"]);
  await expectNothingLeft(both);
});

test("the plugin does the same, and what the dynamic classes cannot", async () => {
  // It heeds timeouts, so the creation that takes longer comes last: nothing that depends on it would be created.
  const text = (two: boolean): string => round(two).replace(`...${TIMEOUT}, `, "");
  const both = await openStack({ host: "plugin", program: text(false) });
  const { emulator, stack } = both;
  const diff = await rounds("plugin", both, text);
  expect(diff).toMatch(/PersonalAccessToken: \(replace\)\n(?: .*\n){1,8}? *~ rotateBeforeDays: 4 => 5/);

  emulator.requests.length = 0;
  emulator.faults.add({ method: "POST", contains: "slow:read", delay: 2_000 });
  const late = `new wayscloud.PersonalAccessToken("late", { scopes: ["slow:read"] }, ${TIMEOUT});`;
  stack.setProgram(text(true).replace("const two", `${late}\nconst two`));
  const { all } = await stack.up([], { fails: true });
  expect(all).toMatch(/Creating the personal access token/);
  const { plugin } = cases.find(({ as }) => as === "slow")!;
  const seen = emulator.requests.map(({ method }) => method).join(" ");
  expect(seen).toBe(plugin!.requests);
  requestsBy.plugin[cases.findIndex(({ as }) => as === "slow")] = seen;
  await expectNothingLeft(both);
});
