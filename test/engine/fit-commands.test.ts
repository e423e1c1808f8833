// Flags and commands of the pulumi command line that touch single resources, the state or the stack's name, as docs/options.md tells.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ObservedTable } from "../support/observed-table";
import { API_KEYS, liveIds, type OpenStack, openStack } from "../support/engine";

const table = new ObservedTable("docs/options.md", "Commands");
afterAll(() => table.compare());

const keys = (a: string, b: string, first = "a", outputs = "{ whole: a }"): string =>
  `
    const a = new wayscloud.ServiceKey("${first}", { service: "${a}" });
    new wayscloud.ServiceKey("b", { service: "${b}" }, { hideDiffs: ["service"] });
    return ${outputs};
  `;
const descriptions = ({ emulator }: OpenStack): (string | null)[] =>
  emulator.account
    .liveApiKeys()
    .map(({ description }) => description)
    .sort();

const POST = `POST ${API_KEYS}/service`;
const DELETE = expect.stringMatching(/^DELETE /);

async function expectPlanKept({ stack }: OpenStack): Promise<void> {
  await stack.preview(["--save-plan", "plan.json"]);
  const plan = readFileSync(join(stack.folder, "plan.json"), "utf8");
  expect(plan).not.toMatch(/#[0-9a-f]{7}"/);
  table.tried("`preview --save-plan`, `up --plan`", "a creation");
  const { changes, requests } = await stack.up(["--plan", "plan.json", "--parallel", "1"]);
  expect([changes, requests]).toEqual([{ created: 3 }, [POST, POST]]);
  table.tried("`up --parallel 1`", "the same `up`");
}

async function expectPreviews({ stack }: OpenStack): Promise<void> {
  const shown = await stack.setProgram(keys("storage", "storage")).preview(["--diff"]);
  expect(shown.stdout.match(/~ service +: "dns" => "storage"/g)).toHaveLength(1);
  expect(shown.changes).toEqual({ "to replace": 2, unchanged: 1 });
  table.tried("`preview --diff`", "two changed services, one with `hideDiffs`");
  const { stdout, requests } = await stack.preview(["--json"]);
  const { steps, changeSummary } = JSON.parse(stdout) as {
    steps: { op: string; replaceReasons?: string[] }[];
    changeSummary: Record<string, number>;
  };
  expect(changeSummary).toEqual({ replace: 2, same: 1 });
  const reasons = steps.filter(({ op }) => op === "replace").map(({ replaceReasons }) => replaceReasons);
  expect(reasons).toEqual([["service"], ["service"]]);
  table.tried("`preview --json`", "the same");
  expect([...shown.requests, ...requests]).toEqual([]);
}

async function expectTargets({ stack }: OpenStack): Promise<void> {
  const urn = (await stack.resource("b")).urn;
  expect((await stack.up(["--target", urn])).requests).toEqual([POST, DELETE]);
  expect((await stack.resource("a")).outputs?.["service"]).toBe("dns");
  table.tried("`up --target`", "two changed, one targeted");
  stack.setProgram(keys("dns", "storage"));
  expect((await stack.up(["--replace", urn])).requests).toEqual([POST, DELETE]);
  table.tried("`up --replace`", "an unchanged key");
}

async function expectRefreshed({ emulator, stack }: OpenStack): Promise<void> {
  emulator.account.remove((await stack.resource("a")).id ?? "");
  const { changes, requests } = await stack.up(["--refresh"]);
  expect(changes).toMatchObject({ unchanged: 2 });
  // A key of the last five minutes is looked for again: lists may lag.
  expect(requests).toEqual([...Array<string>(3).fill(`GET ${API_KEYS}`), POST]);
  expect((await stack.outputs())["whole"]).toMatchObject({ key: "[secret]", service: "dns" });
  table.tried("`stack output`", "`export const database = new ServiceKey(…)`");
  table.tried("`up --refresh`", "a key revoked elsewhere");
}

async function expectRenamed(both: OpenStack): Promise<void> {
  const { stack } = both;
  const before = descriptions(both);
  await stack.run(["state", "rename", (await stack.resource("a")).urn, "first", "--yes"]);
  await stack.setProgram(keys("dns", "storage", "first")).preview(["--expect-no-changes"]);
  table.tried("`state rename`", "and the logical name in the program");
  await stack.run(["stack", "rename", "renamed"]);
  stack.env["PULUMI_STACK"] = "renamed";
  await stack.expectUnchanged();
  expect(descriptions(both)).toEqual(before);
  table.tried("`stack rename`", "default descriptions, which contain the stack's name");
}

async function expectForgotten({ emulator, stack }: OpenStack): Promise<void> {
  const { urn, id } = await stack.resource("b");
  await stack.run(["state", "delete", urn, "--yes"]);
  expect(liveIds(emulator)).toContain(id);
  table.tried("`state delete`", "a key");
  expect((await stack.destroy(["--run-program"])).requests).toEqual([DELETE]);
  expect(liveIds(emulator)).toEqual([id]);
  table.tried("`destroy --run-program`", "one key in the state");
}

test("each command does what the table says, with these requests only", async () => {
  const both = await openStack({ program: keys("dns", "dns", "a", "{ prefix: a.keyPrefix }") });
  await expectPlanKept(both);
  await expectPreviews(both);
  await expectTargets(both);
  await expectRefreshed(both);
  await expectRenamed(both);
  await expectForgotten(both);
});
