// examples/ci: the commands that both pipelines call are the ones that run here, and both pipelines are well-formed.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { exampleFile, openExample } from "../support/examples";
import { rareTest } from "../support/rare";
import type { Result } from "../support/command";
import { API_KEYS, type EngineStack, publicKey, takeRequests } from "../support/engine";

const DAY = 86_400_000;

/** `ci/run.sh <command>` as a pipeline runs it: with nothing but the way to the stack. */
async function runs(stack: EngineStack, command: string): Promise<Result> {
  // As `npm ci` leaves it; the package itself is found in the install above.
  const bins = join(stack.folder, "node_modules/.bin");
  if (!existsSync(bins)) {
    mkdirSync(dirname(bins), { recursive: true });
    symlinkSync(resolve(stack.folder, "../../node_modules/.bin"), bins);
  }
  return stack.exec("bash", ["ci/run.sh", command], { WAYSCLOUD_PAT_TOKEN: undefined }).done;
}

rareTest(
  "the pipeline rotates the token it is logged in with, never locks itself out, and tells drift",
  async () => {
    let clock = Date.now() - 45 * DAY;
    const { emulator, stack } = await openExample("ci", { now: () => clock });
    const callers = (): unknown[] => [...new Set(emulator.requests.map(({ credentialId }) => credentialId))];
    // The first run is a person's.
    await stack.up();
    const [first] = emulator.account.liveApiKeys();

    // Due since long: the run makes a successor and leaves the token alone that it is logged in with.
    clock = Date.now() - 8 * DAY;
    takeRequests(emulator);
    expect(await runs(stack, "rotate")).toMatchObject({ code: 0 });
    const second = emulator.account.liveApiKeys()[1]!;
    expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual([first!.id, second.id]);
    expect(callers()).toEqual([first!.id]);

    // The overlap is over: a run of the successor revokes the predecessor.
    clock = Date.now();
    takeRequests(emulator);
    expect(await runs(stack, "up")).toMatchObject({ code: 0 });
    expect(callers()).toEqual([second.id]);
    expect(takeRequests(emulator)).toEqual([`GET ${API_KEYS}`, `DELETE ${API_KEYS}/${first!.id}`]);
    expect((await runs(stack, "preview")).changes).toEqual({ unchanged: 3 });
    expect(takeRequests(emulator)).toEqual([]);

    // The person's own token is in no stack, which somebody has to accept.
    expect(await runs(stack, "drift")).toMatchObject({ code: 1 });
    const own = emulator.account.apiKeys().find((key) => key.bootstrap)!;
    appendFileSync(join(stack.folder, "ci/accepted-keys.txt"), `${own.id} # of the first up\n`);
    expect(await runs(stack, "drift")).toMatchObject({ code: 0 });
    const added = [
      emulator.account.addApiKey({ scopes: ["api_keys:write"], description: "added" }),
      emulator.account.addSshKey({ name: "added too", publicKey: publicKey("added") }),
    ];
    const found = await runs(stack, "drift");
    expect(found.code).toBe(1);
    for (const { id } of added) {
      expect(found.all).toMatch(new RegExp(`^unmanaged .*${id}`, "m"));
      emulator.account.remove(id);
    }
    emulator.account.remove(emulator.account.sshKeys()[0]!.id);
    const drift = await runs(stack, "drift");
    expect(drift.code).toBe(7);
    expect(drift.all).toContain("deploy");
    // It was only told: the next `up` still believes the state, until a person refreshes it.
    expect(emulator.requests.every(({ method }) => method === "GET")).toBe(true);
    expect(await stack.resources()).toHaveLength(2);

    await stack.expectDestroyed();
  },
);

test("an unknown command is refused", () => {
  const { status, stderr } = spawnSync("bash", ["examples/ci/ci/run.sh", "destroy"], {
    encoding: "utf8",
    env: { ...process.env, WAYSCLOUD_PAT_TOKEN: "none" },
  });
  expect([status, stderr]).toEqual([2, "usage: ci/run.sh preview|up|rotate|drift\n"]);
});

test("the GitHub workflow calls each command for its event, with pinned actions and least rights", () => {
  const workflow = parse(exampleFile("ci", ".github/workflows/pulumi.yml"));
  expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
  const steps: { uses?: string; run?: string; if?: string }[] = workflow.jobs.pulumi.steps;
  for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  expect(steps.filter((step) => step.if).map((step) => [step.if, step.run])).toEqual([
    ["github.event_name == 'pull_request'", "ci/run.sh preview"],
    ["github.event_name == 'push'", "ci/run.sh up"],
    ["github.event_name == 'schedule'", "ci/run.sh rotate"],
    ["github.event_name == 'schedule' && !cancelled()", "ci/run.sh drift"],
  ]);
  expect(JSON.stringify(workflow)).not.toContain("secrets.");
});

test("the GitLab pipeline calls each command in a job of its name", () => {
  const { default: common, variables, ...jobs } = parse(exampleFile("ci", ".gitlab-ci.yml"));
  expect(Object.keys(jobs).sort()).toEqual(["drift", "preview", "rotate", "up"]);
  expect(variables).toBeDefined();
  expect(Object.keys(common).sort()).toEqual(["before_script", "id_tokens", "image"]);
  expect(common.image.name).toMatch(/^pulumi\/[\w-]+:\d+\.\d+\.\d+$/);
  for (const [command, job] of Object.entries<any>(jobs)) {
    expect({ ...job, needs: undefined }).toEqual({
      script: [`ci/run.sh ${command}`],
      rules: [expect.objectContaining({ if: expect.stringContaining("$CI_PIPELINE_SOURCE ==") })],
      ...(command === "preview" ? {} : { resource_group: "production" }),
    });
  }
});
