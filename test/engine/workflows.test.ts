// The repository's workflows: linted, pinned, and the commands of a release run as far as they go without GitHub and the registry.
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { newAuthority } from "../support/certificate";
import { startHttpsServer } from "../support/https-server";
import { temporaryFolder } from "../support/layouts";
import { startProxy } from "../support/proxy";
import { testWith } from "../support/rare";
import { startRegistry } from "../support/registry";

import { liveIds, type OpenStack, openStack } from "../support/engine";

interface Step {
  uses?: string;
  run?: string;
}

const root = resolve(__dirname, "../..");
const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder).map((name) => join(folder, name));
const read = (file: string): { permissions: unknown; jobs: Record<string, { steps: Step[] }> } =>
  parse(readFileSync(file, "utf8"));
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const { version } = json(root, "package.json");
/** The repository that the release runs in. */
const REPOSITORY = "some-owner/some-name";

let temporary: string;
beforeAll(() => (temporary = temporaryFolder()));

/** Runs the step of release.yml that contains this text, as GitHub does it. */
function runs(job: string, text: string, cwd: string, env: object = {}): SpawnSyncReturns<string> {
  const { steps } = read(join(folder, "release.yml")).jobs[job]!;
  const { run } = steps.find((step) => step.run?.includes(text))!;
  const github = { RUNNER_TEMP: temporary, GITHUB_REF_NAME: `v${version}`, GITHUB_REPOSITORY: REPOSITORY };
  return spawnSync("bash", ["-e", "-o", "pipefail", "-c", run!], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...github, ...env },
  });
}

/** A clone in which the commands of the job `build` were run: what it packed is in the temporary folder. */
function built(): string {
  const clone = join(temporary, "clone");
  if (existsSync(clone)) return clone;
  const left = /^(node_modules|dist|reports|\.git|\.building-.*)$/;
  cpSync(root, clone, { recursive: true, filter: (path) => path === root || !left.test(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"), "dir");
  for (const step of ["prepare.mjs", "npm pack", "bundle.mjs", "packageSpec", "npm run docs"])
    expect(runs("build", step, clone)).toMatchObject({ status: 0 });
  return clone;
}

const hasGo = spawnSync("go", ["version"]).status === 0;

testWith({ Go: hasGo }, "actionlint finds nothing in the workflows", () => {
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
  const example = readFileSync(join(root, "examples/ci/.github/workflows/pulumi.yml"), "utf8");
  for (const [, , commit] of example.matchAll(/uses: (.*?)@(.*)$/gm))
    expect(commit).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+\b/);
  for (const [action, used] of commits)
    expect({ action, used: [...used] }).toMatchObject({ used: [expect.anything()] });
});

test("a release names the repository that it runs in, and only the tag of the version passes", () => {
  expect(runs("build", "GITHUB_REF_NAME", root).status).toBe(0);
  expect(runs("build", "GITHUB_REF_NAME", root, { GITHUB_REF_NAME: "v9.9.9" }).status).toBe(1);
  const url = `https://github.com/${REPOSITORY}`;
  const [bugs, repository] = [{ url: `${url}/issues` }, { url: `git+${url}.git` }];
  expect(json(built(), "package.json")).toMatchObject({ homepage: `${url}#readme`, bugs, repository });
  expect(json(temporary, "archives/schema.json")).toEqual({
    ...json(root, "plugin/schema.json"),
    ...{ version, repository: url, homepage: url, logoUrl: `${url}/raw/v${version}/assets/logo.svg` },
    pluginDownloadURL: `github://api.github.com/${REPOSITORY}`,
  });
});

/** Each line of the documents of this tree that installs the package, with the folder of the document. */
function installLines(tree: string): { document: string; line: string }[] {
  const documents = readdirSync(tree, { recursive: true, encoding: "utf8" }).filter(
    (path) => /^(README\.md|(docs|examples)\b.*\.md)$/.test(path) && !path.includes("node_modules"),
  );
  return documents.flatMap((document) =>
    [...readFileSync(join(tree, document), "utf8").matchAll(/^npm install .*pulumi-wayscloud.*/gm)].map(
      ([line]) => ({ document, line: line.replace(/ +#.*/, "") }),
    ),
  );
}

test.each(["until it is published, from the packed file", "in a release, by its name"])(
  "the documents install the package %s",
  async (form) => {
    const isReleased = form.startsWith("in a release");
    const tree = isReleased ? built() : root;
    const tarball = `pulumi-wayscloud-${version}.tgz`;
    const installs = installLines(tree);
    expect(installs.length).toBeGreaterThan(12);
    const byFile = installs.filter(({ line }) => line.includes(`<clone>/${tarball}`));
    expect(byFile).toEqual(isReleased ? [] : installs);
    built();
    const registry = await startRegistry(isReleased ? { "pulumi-wayscloud": join(temporary, tarball) } : {});
    try {
      for (const place of ["README.md", "examples/quickstart/README.md", "examples/yaml/README.md"]) {
        const { line } = installs.find(({ document }) => document === place)!;
        const project = temporaryFolder();
        const manifest = join(tree, dirname(place), "package.json");
        if (place.startsWith("examples") && existsSync(manifest))
          cpSync(manifest, join(project, "package.json"));
        const command = line.replace("<clone>", temporary);
        await registry.npm(command.split(" ").slice(1), project);
        expect(json(project, "node_modules/pulumi-wayscloud/package.json").version).toBe(version);
      }
      expect(registry.asked.includes("pulumi-wayscloud")).toBe(isReleased);
    } finally {
      await registry.close();
    }
  },
);

test("no document of a release says that the package is not published, and its examples depend on it", () => {
  for (const { document } of installLines(built()))
    expect(readFileSync(join(built(), document), "utf8")).not.toMatch(
      /<clone>|not on npm|until published|npm pack\b/,
    );
  const { dependencies } = json(built(), "examples/quickstart/package.json");
  expect(dependencies["pulumi-wayscloud"]).toBe(`^${version}`);
  expect(existsSync(join(built(), "examples/vps/package.json"))).toBe(true);
});

test("the archives of a release fit their checksums, and the engine finds them by itself", async () => {
  built();
  const archives = join(temporary, "archives");
  expect(runs("archives", "sha256sum", archives)).toMatchObject({ status: 0 });
  const gh = join(temporary, "bin");
  mkdirSync(gh);
  writeFileSync(join(gh, "gh"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const PATH = [gh, process.env["PATH"]].join(delimiter);
  const { stdout } = runs("archives", "gh release create", archives, { PATH });
  const [release, create, tag, ...rest] = stdout.trim().split("\n");
  expect([release, create, tag]).toEqual(["release", "create", `v${version}`]);
  const uploaded = rest.slice(0, rest.indexOf("--repo")).map((each) => basename(each));
  const assets = uploaded.filter((each) => /^pulumi-resource-.*\.tar\.gz$/.test(each));
  expect(assets).toHaveLength(6);
  const files = [
    ...assets.flatMap((each) => [each, `${each}.sha256`]),
    "schema.json",
    "api-reference.tar.gz",
  ];
  expect(uploaded.sort()).toEqual(files.sort());
  const list = ["-tzf", join(archives, "api-reference.tar.gz")];
  const reference = execFileSync("tar", list, { encoding: "utf8" });
  expect(reference).toMatch(/^api-reference\/classes\/index\.ServiceKey\.html$/m);

  const path = `/repos/${REPOSITORY}/releases`;
  const url = (name: string): string => `https://api.github.com${path}/assets/${name}`;
  const tagged = JSON.stringify({ assets: assets.map((name) => ({ name, url: url(name) })) });
  const answer = (asked: string): string | Buffer =>
    asked === `${path}/tags/${tag}` ? tagged : readFileSync(join(archives, basename(asked)));
  const asked = await withInternet(answer, async (run) => {
    // The package of the release, in the program's own folder.
    const released = join(run.stack.folder, "node_modules/pulumi-wayscloud");
    mkdirSync(released, { recursive: true });
    const tarball = join(temporary, `pulumi-wayscloud-${version}.tgz`);
    execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", released]);
    expect((await run.stack.up()).changes).toEqual({ created: 2 });
    expect(liveIds(run.emulator)).toHaveLength(1);
    await run.stack.expectDestroyed();
  });
  const asset = expect.stringMatching(
    /assets\/pulumi-resource-wayscloud-account-v[\d.]+-[a-z]+-[a-z0-9]+\.tar\.gz$/,
  );
  expect(asked).toEqual([`api.github.com${path}/tags/${tag}`, asset]);
});

test("the archive of a release, installed by its file, serves a program without the package", async () => {
  built();
  const { stack } = await openStack({ language: "yaml" });
  const db = "type: wayscloud-account:ServiceKey\n    properties: { service: dns }";
  stack.writeFile("Pulumi.yaml", `name: test\nruntime: yaml\nresources:\n  db:\n    ${db}\n`);
  const archive = join(
    temporary,
    `archives/pulumi-resource-wayscloud-account-v${version}-linux-amd64.tar.gz`,
  );
  await stack.run(["plugin", "install", "resource", "wayscloud-account", version, "--file", archive]);
  expect((await stack.up()).changes).toEqual({ created: 2 });
  await stack.expectDestroyed();
});

test("without a release, a plugin that Pulumi.yaml does not name is not found, as troubleshooting.md says", async () => {
  const troubleshooting = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
  const [quoted] = /^Could not automatically download.*$/m.exec(troubleshooting)!;
  const asked = await withInternet(
    () => "{}",
    async ({ stack }) => {
      const { all } = await stack.preview([], { fails: true });
      for (const part of quoted.split("…")) expect(all).toContain(part);
    },
  );
  expect(asked.length).toBeGreaterThan(0);
  const pulumis = /^(api\.github\.com\/repos\/pulumi|get\.pulumi\.com)\//;
  expect(asked.filter((each) => !pulumis.test(each))).toEqual([]);
});

/**
 * A program of the plugin's classes, whose Pulumi.yaml does not name the plugin, with hosts of the Internet as the engine sees them: the addresses
 * are the real ones, a proxy leads all of them here. Answers what was asked of which host.
 */
async function withInternet(
  answer: (path: string) => string | Buffer,
  use: (run: OpenStack) => Promise<void>,
): Promise<string[]> {
  const authority = newAuthority();
  const hosts = authority.issue(["api.github.com", "get.pulumi.com"]);
  const internet = await startHttpsServer(hosts, answer);
  const proxy = await startProxy(undefined, internet.port);
  try {
    const certificates = join(temporary, "certificates.pem");
    writeFileSync(certificates, authority.cert);
    const run = await openStack({
      program: 'new (require("pulumi-wayscloud/native").ServiceKey)("db", { service: "dns" });',
      env: {
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false",
        HTTPS_PROXY: proxy.url,
        SSL_CERT_FILE: certificates,
      },
    });
    await use(run);
    return internet.requests.map(({ headers, path }) => `${headers.host}${path}`);
  } finally {
    await proxy.close();
    await internet.close();
  }
}
