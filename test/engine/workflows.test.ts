// The repository's workflows: linted, pinned, and the commands of a release run as far as they go without GitHub and the registry.
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { parse } from "yaml";
import { newAuthority } from "../support/certificate";
import { accountOf } from "../support/examples";
import { startHttpsServer } from "../support/https-server";
import { startProxy } from "../support/proxy";
import { changesIn } from "../support/stack";
import { openEmulator, openStack, program } from "../support/world";

jest.setTimeout(150_000);

interface Step {
  uses?: string;
  run?: string;
}

const root = resolve(__dirname, "../..");
const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder).map((name) => join(folder, name));
const read = (file: string): { permissions: unknown; jobs: Record<string, { steps: Step[] }> } =>
  parse(readFileSync(file, "utf8"));
const { version, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

let temporary: string;
beforeEach(() => (temporary = mkdtempSync(join(tmpdir(), "release-"))));
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** Runs the step of release.yml that contains this text, as GitHub does it. */
function runs(
  job: string,
  text: string,
  cwd: string,
  env: Record<string, string> = {},
): SpawnSyncReturns<string> {
  const { run } = read(join(folder, "release.yml")).jobs[job]!.steps.find((step) =>
    step.run?.includes(text),
  )!;
  return spawnSync("bash", ["-e", "-o", "pipefail", "-c", run!], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, RUNNER_TEMP: temporary, GITHUB_REF_NAME: `v${version}`, ...env },
  });
}

const hasGo = spawnSync("go", ["version"]).status === 0;

(hasGo ? test : test.skip)("actionlint finds nothing in the workflows", () => {
  const files = [...workflows, join(root, "examples/ci/.github/workflows/pulumi.yml")];
  const args = ["-no-color", "-shellcheck=", "-pyflakes=", ...files];
  execFileSync("go", ["run", "github.com/rhysd/actionlint/cmd/actionlint", ...args], {
    cwd: join(root, "scripts/actionlint"),
  });
});

test("every action is pinned to a commit, the same everywhere, and nothing but a job of its own may write", () => {
  const commits = new Map<string, Set<string>>();
  for (const file of workflows) {
    expect(read(file).permissions).toEqual({ contents: "read" });
    for (const [, action, commit] of readFileSync(file, "utf8").matchAll(/uses: (.*?)@(.*)$/gm)) {
      expect(commit).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      commits.set(action!, (commits.get(action!) ?? new Set()).add(commit!));
    }
  }
  expect(commits.size).toBeGreaterThan(3);
  for (const [action, used] of commits)
    expect({ action, used: [...used] }).toMatchObject({ used: [expect.anything()] });
});

test("a release: only the tag of the version passes, and the engine finds the archives there by itself", async () => {
  expect(runs("build", "GITHUB_REF_NAME", root).status).toBe(0);
  expect(runs("build", "GITHUB_REF_NAME", root, { GITHUB_REF_NAME: "v9.9.9" }).status).toBe(1);

  expect(runs("build", "bundle.mjs", root)).toMatchObject({ status: 0 });
  const archives = join(temporary, "archives");
  const gh = join(temporary, "bin");
  mkdirSync(gh);
  writeFileSync(join(gh, "gh"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const [owner, name] = new URL(repository.url.replace(/^git\+|\.git$/g, "")).pathname.slice(1).split("/");
  const { stdout } = runs("archives", "gh release create", archives, {
    PATH: [gh, process.env["PATH"]].join(delimiter),
    GITHUB_REPOSITORY: `${owner}/${name}`,
  });
  const [release, create, tag, ...rest] = stdout.trim().split("\n");
  expect([release, create, tag]).toEqual(["release", "create", `v${version}`]);
  const assets = rest.filter((each) => each.endsWith(".tar.gz")).map((each) => basename(each));
  expect(assets).toHaveLength(6);

  // GitHub, as the engine sees it: the addresses are the real ones, the proxy leads all of them here.
  const path = `/repos/${owner}/${name}/releases`;
  const authority = newAuthority();
  const github = await startHttpsServer(authority.issue(["api.github.com"]), (asked) =>
    asked === `${path}/tags/${tag}`
      ? JSON.stringify({
          assets: assets.map((each) => ({ name: each, url: `https://api.github.com${path}/assets/${each}` })),
        })
      : readFileSync(join(archives, basename(asked))),
  );
  const proxy = await startProxy(undefined, github.port);
  try {
    const certificates = join(temporary, "certificates.pem");
    writeFileSync(certificates, authority.cert);
    const emulator = await openEmulator();
    const stack = await openStack({
      name: "release",
      program: program('new wayscloud.ServiceKey("db", { service: "dns" });').replace(
        'wayscloud")',
        'wayscloud/native")',
      ),
      env: {
        ...accountOf(emulator),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false",
        HTTPS_PROXY: proxy.url,
        SSL_CERT_FILE: certificates,
      },
    });
    expect(changesIn(await stack.up())).toEqual({ created: 2 });
    expect(emulator.account.liveApiKeys()).toHaveLength(1);
    await stack.destroy();
    expect(emulator.account.liveApiKeys()).toEqual([]);
    const asset = expect.stringMatching(
      /assets\/pulumi-resource-wayscloud-account-v[\d.]+-[a-z]+-[a-z0-9]+\.tar\.gz$/,
    );
    expect(github.requests.map((request) => request.path)).toEqual([`${path}/tags/${tag}`, asset]);
  } finally {
    await proxy.close();
    await github.close();
  }
});
