// Flags and commands of the pulumi command line that touch single resources, the state or the stack's name, as docs/options.md tells.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ObservedTable } from "../support/observed-table";
import { changesIn } from "../support/stack";
import { API_KEYS, openWorld, program, secretsOf, takeRequests, type World } from "../support/world";

jest.setTimeout(240_000);

const table = new ObservedTable("docs/options.md", "Commands");
afterAll(() => table.compare());

const keys = (a: string, b: string, names = ["a", "b"], outputs = "{ whole: a }"): string =>
  program(`
    const a = new wayscloud.ServiceKey("${names[0]}", { service: "${a}" });
    new wayscloud.ServiceKey("${names[1]}", { service: "${b}" }, { hideDiffs: ["service"] });
    return ${outputs};
  `);
const descriptions = ({ emulator }: World): (string | null)[] =>
  emulator.account
    .liveApiKeys()
    .map(({ description }) => description)
    .sort();

async function expectPlanKept({ emulator, stack }: World): Promise<void> {
  await stack.preview(["--save-plan", "plan.json"]);
  const plan = readFileSync(join(stack.folder, "plan.json"), "utf8");
  expect(plan).not.toMatch(/#[0-9a-f]{7}"/);
  expect(changesIn(await stack.up(["--plan", "plan.json", "--parallel", "1"]))).toEqual({ created: 3 });
  expect(takeRequests(emulator)).toEqual(Array(2).fill(`POST ${API_KEYS}/service`));
  table.note(
    "`preview --save-plan`, `up --plan`",
    "a creation",
    "works: the mark in the description is unknown in the plan, drawn by `up`",
  );
  table.note("`up --parallel 1`", "the same `up`", "works");
}

async function expectPreviews({ emulator, stack }: World): Promise<void> {
  stack.setProgram(keys("storage", "storage"));
  const diff = (await stack.preview(["--diff"])).stdout;
  expect(diff.match(/~ service +: "dns" => "storage"/g)).toHaveLength(1);
  expect(changesIn({ stdout: diff })).toEqual({ "to replace": 2, unchanged: 1 });
  table.note(
    "`preview --diff`",
    "two changed services, one with `hideDiffs`",
    "shows the change, except where hidden; secrets as `[secret]`",
  );
  const { steps, changeSummary } = JSON.parse((await stack.preview(["--json"])).stdout) as {
    steps: { op: string; urn: string; replaceReasons?: string[] }[];
    changeSummary: Record<string, number>;
  };
  expect(changeSummary).toEqual({ replace: 2, same: 1 });
  expect(steps.filter(({ op }) => op === "replace").map(({ replaceReasons }) => replaceReasons)).toEqual([
    ["service"],
    ["service"],
  ]);
  table.note("`preview --json`", "the same", "names the property that replaces");
  expect(takeRequests(emulator)).toEqual([]);
}

async function expectTargets({ emulator, stack }: World): Promise<void> {
  const urn = (await stack.resource("b")).urn;
  await stack.up(["--target", urn]);
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/service`, expect.stringMatching(/^DELETE /)]);
  expect((await stack.resource("a")).outputs?.["service"]).toBe("dns");
  table.note("`up --target`", "two changed, one targeted", "replaces that one only");
  stack.setProgram(keys("dns", "storage"));
  await stack.up(["--replace", urn]);
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/service`, expect.stringMatching(/^DELETE /)]);
  table.note("`up --replace`", "an unchanged key", "rotates it: new key first, a new mark");
}

async function expectRefreshed({ emulator, stack }: World): Promise<void> {
  emulator.account.remove((await stack.resource("a")).id ?? "");
  const result = await stack.up(["--refresh"]);
  expect(changesIn(result)).toMatchObject({ unchanged: 2 });
  expect(takeRequests(emulator)).toEqual([`GET ${API_KEYS}`, `POST ${API_KEYS}/service`]);
  expect((await stack.outputs())["whole"]).toMatchObject({ key: "[secret]", service: "dns" });
  table.note(
    "`stack output`",
    "`export const database = new ServiceKey(…)`",
    "all its outputs, `key` as `[secret]`",
  );
  table.note("`up --refresh`", "a key revoked elsewhere", "one list, and the key is created anew");
}

async function expectRenamed(world: World): Promise<void> {
  const { emulator, stack } = world;
  const before = descriptions(world);
  await stack.run(["state", "rename", (await stack.resource("a")).urn, "first", "--yes"]);
  stack.setProgram(keys("dns", "storage", ["first", "b"]));
  await stack.preview(["--expect-no-changes"]);
  table.note(
    "`state rename`",
    "and the logical name in the program",
    "nothing changes, also not the description",
  );
  await stack.run(["stack", "rename", "renamed"]);
  stack.env["PULUMI_STACK"] = "renamed";
  await stack.up(["--expect-no-changes"]);
  expect(descriptions(world)).toEqual(before);
  expect(takeRequests(emulator)).toEqual([]);
  table.note(
    "`stack rename`",
    "default descriptions, which name the stack",
    "nothing changes: a description is kept for the life of the key",
  );
}

async function expectForgotten({ emulator, stack }: World): Promise<void> {
  const { urn, id } = await stack.resource("b");
  await stack.run(["state", "delete", urn, "--yes"]);
  expect(emulator.account.liveApiKeys().map((key) => key.id)).toContain(id);
  table.note(
    "`state delete`",
    "a key",
    "no request: the key stays **live** in the account, and its secret is gone",
  );
  await stack.destroy(["--run-program"]);
  expect(takeRequests(emulator)).toEqual([expect.stringMatching(/^DELETE /)]);
  expect(emulator.account.liveApiKeys().map((key) => key.id)).toEqual([id]);
  table.note("`destroy --run-program`", "one key in the state", "revoked, nothing else requested");
}

test("each command does what the table says, with these requests only", async () => {
  const world = await openWorld({ program: keys("dns", "dns", undefined, "{ prefix: a.keyPrefix }") });
  await expectPlanKept(world);
  await expectPreviews(world);
  await expectTargets(world);
  await expectRefreshed(world);
  await expectRenamed(world);
  await expectForgotten(world);
  await world.stack.assertNoSecrets(secretsOf(world.emulator));
});
