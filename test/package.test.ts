// What is published: the files that users need and no others, with the names that users and their states rely on.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies } from "semver";

const root = join(__dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, any>;

test("the exports, bins, peers and dependencies are those of the contract", () => {
  const exports = [".", "./runtime", "./native", "./emulator", "./audit", "./package.json"];
  expect(Object.keys(manifest.exports)).toEqual(exports);
  const bins = ["pulumi-resource-wayscloud-account", "pulumi-wayscloud", "wayscloud-emulator"];
  expect(Object.keys(manifest.bin).sort()).toEqual(bins);
  expect(manifest.peerDependencies).toEqual({ "@pulumi/pulumi": "^3.216.0" });
  expect(Object.keys(manifest.dependencies).sort()).toEqual(["axios", "zod"]);
  for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\^\d+\.\d+\.\d+$/);
  expect(manifest.engines).toEqual({ node: ">=20" });
});

test("what the tests install for the user is within the package's own ranges, and no lockfile names a registry", () => {
  const tools = join(root, "scripts", "tools");
  const user = JSON.parse(readFileSync(join(tools, "user", "package.json"), "utf8")) as typeof manifest;
  for (const [name, range] of Object.entries<string>(manifest.dependencies))
    expect(satisfies(user.dependencies[name], range)).toBe(true);
  for (const lock of ["", ...readdirSync(tools).map((name) => `scripts/tools/${name}/`)])
    expect(readFileSync(join(root, `${lock}package-lock.json`), "utf8")).not.toContain('"resolved"');
});

test("`npm ci` prints no warning about the engine on any Node.js that the package supports", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { engines?: { node?: string } }>;
  };
  const unfit = ["20.20.0", "22.23.0", "24.21.0"].flatMap((version) =>
    Object.entries(lock.packages)
      .filter(([, { engines }]) => engines?.node !== undefined && !satisfies(version, engines.node))
      .map(([path]) => `${path} on ${version}`),
  );
  expect(unfit).toEqual([]);
});

test("the package installs without running anything", () => {
  for (const name of ["preinstall", "install", "postinstall", "prepare"])
    expect(manifest.scripts).not.toHaveProperty(name);
});

test("beside what is built, the package has these files", () => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const listed = execFileSync("npm", args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  // A list, or by name, according to the version of npm.
  const [pack] = Object.values<{ files: { path: string }[] }>(JSON.parse(listed.toString()));
  const outside = pack!.files.map(({ path }) => path).filter((path) => !path.startsWith("dist/"));
  expect(outside.sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "Pulumi.yaml.example",
    "README.md",
    "package.json",
    "plugin/PulumiPlugin.yaml",
    "plugin/package.json",
    "plugin/pulumi-resource-wayscloud-account",
    "plugin/pulumi-resource-wayscloud-account.cmd",
    "plugin/schema.json",
  ]);
});

test("the changelog has an entry for this version or for the unreleased one", () => {
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  expect(changelog).toMatch(new RegExp(`^## \\[(Unreleased|${String(manifest.version)})\\]`, "m"));
});

test("no example starts a command by a name that npx would look up as somebody else's package", () => {
  const bins = Object.keys(manifest.bin).filter((name) => name !== manifest.name);
  for (const example of readdirSync(join(root, "examples"))) {
    const readme = join(root, "examples", example, "README.md");
    if (!existsSync(readme)) continue;
    for (const bin of bins) expect(readFileSync(readme, "utf8")).not.toContain(`npx ${bin}`);
  }
});
