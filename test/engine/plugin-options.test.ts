// Resource options that dynamic resources cannot serve, tried with the plugin; docs/options.md has the table.
import { accountOf } from "../support/examples";
import { ObservedTable } from "../support/observed-table";
import { openEmulator, openStack, takeRequests } from "../support/world";
import { speakYaml } from "../support/yaml";

// The language host is built the first time.
jest.setTimeout(400_000);

const table = new ObservedTable("docs/options.md", "The same with the plugin");

test("replaceOnChanges and customTimeouts have an effect", async () => {
  const emulator = await openEmulator();
  const stack = await openStack({ name: "options", env: accountOf(emulator) });
  const token = (days: number, options = ""): string =>
    `resources:\n  ci:\n    type: wayscloud-account:PersonalAccessToken\n    properties:\n      scopes: [services:read]\n      expiresInDays: 90\n      rotateBeforeDays: ${days}\n${options}`;
  speakYaml(stack, "options", token(14));
  await stack.up();
  takeRequests(emulator);
  const declare = (body: string): void => {
    const head =
      "name: options\nruntime: yaml\nplugins:\n  providers:\n    - name: wayscloud-account\n      path: node_modules/pulumi-wayscloud/plugin\n";
    stack.writeFile("Pulumi.yaml", head + body);
  };
  declare(token(7, "    options:\n      replaceOnChanges: [rotateBeforeDays]\n"));
  await stack.up();
  const replaced = takeRequests(emulator).map((line) => line.split(" ")[0]);
  expect(replaced).toEqual(["POST", "DELETE"]);
  table.note(
    "`replaceOnChanges`",
    "`rotateBeforeDays`, changed",
    replaced.join(" "),
    "replaced, new key first",
  );

  declare(
    `${token(7)}  slow:\n    type: wayscloud-account:ServiceKey\n    properties: { service: dns }\n    options: { customTimeouts: { create: 2s } }\n`,
  );
  emulator.faults.add({ method: "POST", times: "always", delay: 4_000 });
  const late = await stack.up([], { allowFail: true });
  expect(late.code).not.toBe(0);
  expect(late.all).toMatch(/Creating the service key/);
  table.note(
    "`customTimeouts`",
    '`create: "2s"`, the API answers after 4 s',
    "POST",
    "an error after 2 s; what was created is found and put right by the next `up`",
  );
  emulator.faults.clear();
  await stack.up();
  expect(emulator.account.liveApiKeys().filter(({ service }) => service === "dns")).toHaveLength(1);
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("the document says what was seen", () => table.compare());
