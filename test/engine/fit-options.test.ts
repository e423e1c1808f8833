// Pulumi's resource options on this package's resources, served by the dynamic classes and by the plugin: the requests are those of docs/options.md.
import { type Host, type OpenStack, openStack, publicKey } from "../support/engine";
import type { StateResource } from "../support/engine";
import { ObservedTable } from "../support/observed-table";

const table = new ObservedTable("docs/options.md", "Resource options");
afterAll(() => table.compare());

/** By the first cells of a row: the resource, where `two` is true in the second round, and `above` is that of the row above. */
const CASES = {
  "`aliases` | another logical name, the old one as alias":
    'new ServiceKey(two ? name + "-renamed" : name, dns, { aliases: [{ name }] })',
  "`aliases`, `parent` | moved into a component":
    "new ServiceKey(name, dns, two ? { parent: team, aliases: [{ parent: pulumi.rootStackResource }] } : {})",
  "`ignoreChanges` | `publicKey`, changed": `new SshKey(name, { publicKey: two ? "${publicKey(1)}" : "${publicKey(2)}" }, { ignoreChanges: ["publicKey"] })`,
  "`ignoreChanges` | `service`, changed":
    'new ServiceKey(name, { service: two ? "vps" : "dns" }, { ignoreChanges: ["service"] })',
  "`ignoreChanges` | `description`, first left out, then given":
    'new ServiceKey(name, two ? { ...dns, description: "other" } : dns, { ignoreChanges: ["description"] })',
  "`ignoreChanges` | `rotationTriggers.quarter`, changed":
    'new ServiceKey(name, { ...dns, rotationTriggers: { quarter: String(two), by: "x" } }, { ignoreChanges: ["rotationTriggers.quarter"] })',
  "`replaceOnChanges` | `rotateBeforeDays`, changed":
    'new PersonalAccessToken(name, { ...expiring, rotateBeforeDays: two ? 5 : 4 }, { replaceOnChanges: ["rotateBeforeDays"] })',
  "`replacementTrigger` | changed": "new ServiceKey(name, dns, { replacementTrigger: two })",
  "`replaceWith` | the resource above, which is replaced":
    "new ServiceKey(name, dns, { replaceWith: [above] })",
  "`deleteBeforeReplace: true` | `service` changed":
    'new ServiceKey(name, { service: two ? "vps" : "dns" }, { deleteBeforeReplace: true })',
  "`additionalSecretOutputs` | `keyPrefix`":
    'new ServiceKey(name, dns, { additionalSecretOutputs: ["keyPrefix"] })',
  '`customTimeouts` | `create: "1s"`, the API answers after 2 s':
    'new PersonalAccessToken(name, { scopes: ["slow:read"] }, { ...timeout, dependsOn: [above] })',
  "`dependsOn` | the resource above": "new ServiceKey(name, dns, { dependsOn: [above] })",
  "`version`, `pluginDownloadURL` | given":
    'new ServiceKey(name, dns, { version: "1.2.3", pluginDownloadURL: "https://plugins.invalid" })',
  "`transforms` | adds a description": 'new ServiceKey(name, dns, { transforms: [describe("transformed")] })',
  "`transformations` | adds a description":
    'new ServiceKey(name, dns, { transformations: [describe("transformationed")] })',
  "stack transformation | `registerStackTransformation` adds a description": "new ServiceKey(name, dns)",
};
const rows = Object.keys(CASES);
/** The logical name of a row's resource begins with its option. */
const names = rows.map((row, index) => `${/\w+/.exec(row)![0]}-${index}`);
const nameOf = (option: string): string => names.find((name) => name.startsWith(option))!;

const TIMEOUT = `{ customTimeouts: { create: "1s" } }`;

const round = (two: boolean, timeout: string): string => `
  const { PersonalAccessToken, ServiceKey, SshKey } = wayscloud;
  const [two, timeout, dns, expiring] = [${two}, ${timeout}, { service: "dns" }, { scopes: ["a:read"], expiresInDays: 90 }];
  const describe = (description) => ({ props, opts }) => ({ props: { ...props, description }, opts });
  pulumi.runtime.registerStackTransformation((args) =>
    args.name.startsWith("stack-") ? describe("for the stack")(args) : undefined);
  const team = new pulumi.ComponentResource("test:index:Team", "team");
  let name, above;
  ${Object.values(CASES)
    .map((code, index) => `name = "${names[index]}"; above = ${code};`)
    .join("\n")}
`;

/** `POST DELETE`: the requests about the resource that was `before` and is `after`. */
function requestsFor({ emulator }: OpenStack, before: StateResource, after: StateResource): string {
  const text = after.outputs?.["name"] ?? after.outputs?.["description"];
  const mine = emulator.requests.filter(({ method, path, body }) => {
    const { name, description } = (body ?? {}) as { name?: string; description?: string };
    return method === "POST" ? (name ?? description) === text : path.endsWith(`/${before.id}`);
  });
  return mine.map(({ method }) => method).join(" ") || "none";
}

/** What the first round shows: order, secrets, transformed descriptions. */
async function expectFirstRound({ emulator, stack }: OpenStack): Promise<void> {
  expect(emulator.faults.pending()).toEqual([]);
  const posted = emulator.requests.map(({ body }) => (body as { description?: string }).description ?? "");
  const at = (option: string): number => posted.findIndex((text) => text.includes(`${nameOf(option)} #`));
  expect(at("customTimeouts")).toBeGreaterThanOrEqual(0);
  expect(at("dependsOn")).toBeGreaterThan(at("customTimeouts"));
  expect(posted).toEqual(expect.arrayContaining(["transformed", "transformationed", "for the stack"]));
  const prefix = await stack.resource(nameOf("additionalSecretOutputs"));
  expect(prefix.additionalSecretOutputs?.sort()).toEqual(["key", "keyPrefix"]);
  expect(prefix.outputs?.["keyPrefix"]).toHaveProperty("ciphertext");
}

/** Two rounds of the program, each resource with the expected requests; answers what the second one printed. */
async function rounds(both: OpenStack, timeout: string, expected: readonly string[]): Promise<string> {
  const { emulator, stack } = both;
  await stack.setProgram(round(false, timeout)).up();
  await expectFirstRound(both);
  const before = await stack.resources({ showSecrets: true });
  emulator.requests.length = 0;
  const { stdout, requests } = await stack.setProgram(round(true, timeout)).up(["--diff"]);
  const after = await stack.resources({ showSecrets: true });
  rows.forEach((row, index) => {
    const [old, now] = [before, after].map((list) =>
      list.find(({ urn }) => new RegExp(`::${names[index]}(-renamed)?$`).test(urn))!,
    ) as [StateResource, StateResource];
    const seen = requestsFor(both, old, now);
    expect({ row, requests: seen }).toEqual({ row, requests: expected[index] });
    if (seen === "none") expect(now.outputs?.["key"]).toEqual(old.outputs?.["key"]);
  });
  expect(requests).toHaveLength(expected.filter((each) => each !== "none").length * 2);
  return stdout;
}

const expected: Record<Host, string[]> = { dynamic: [], plugin: [] };
for (const row of rows) {
  const [dynamic = "", , plugin = ""] = table.tried(row);
  expected.dynamic.push(dynamic);
  expected.plugin.push(plugin);
}

test("each option does what the table says, and makes no other requests", async () => {
  const both = await openStack();
  both.emulator.faults.add({ method: "POST", contains: "slow:read", delay: 2_000 });
  await rounds(both, TIMEOUT, expected.dynamic);
  await both.stack.preview(["--expect-no-changes"]);
  await both.stack.expectDestroyed();
});

test("the plugin does the same, and what the dynamic classes cannot", async () => {
  const both = await openStack({ host: "plugin" });
  const { emulator, stack } = both;
  // It heeds timeouts, so the creation that takes longer comes last: nothing that depends on it would be created.
  const slow = names.indexOf(nameOf("customTimeouts"));
  const diff = await rounds(both, "{}", expected.plugin.with(slow, "none"));
  expect(diff).toMatch(/PersonalAccessToken: \(replace\)\n(?: .*\n){1,8}? *~ rotateBeforeDays: 4 => 5/);

  emulator.faults.add({ method: "POST", contains: "slow:read", delay: 2_000 });
  const late = `new wayscloud.PersonalAccessToken("late", { scopes: ["slow:read"] }, ${TIMEOUT});`;
  const { all, requests } = await stack.setProgram(late + round(true, "{}")).up([], { fails: true });
  expect(all).toMatch(/Creating the personal access token/);
  expect(requests.map((each) => each.split(" ")[0]).join(" ")).toBe(expected.plugin[slow]);
  await both.stack.expectDestroyed();
});
