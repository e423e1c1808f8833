// Where the package may stand: docs/options.md tells which installations work, and the remedy for those that do not. pnpm, Yarn and linked folders are tried by `npm run test:all`.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { nodeProgram } from "../support/install";
import * as layouts from "../support/layouts";
import { ObservedTable } from "../support/observed-table";
import { rareTest, testAll } from "../support/rare";
import { API_KEYS, type OpenStack, openStack, projectFile, takeRequests } from "../support/engine";

const table = new ObservedTable("docs/options.md", "Installations");
afterAll(() => table.compare({ partial: !testAll }));

let folder: string;
beforeEach(() => (folder = layouts.temporaryFolder()));

const manifestOfUser = JSON.parse(readFileSync("scripts/tools/user/package.json", "utf8"));
const sdk: Record<string, string> = { "@pulumi/pulumi": manifestOfUser.dependencies["@pulumi/pulumi"] };
const oneKey = `exports.prefix = new (require("pulumi-wayscloud").ServiceKey)("key", { service: "dns" }).keyPrefix;`;
const program = (text = oneKey): Record<string, string> => ({
  "Pulumi.yaml": projectFile(),
  "index.js": text,
});

/** Up, refresh and destroy in that folder, with exactly the requests of one key. */
async function expectWorks(folderOfProgram: string, { emulator, stack }: OpenStack): Promise<void> {
  const there = ["-C", folderOfProgram];
  await stack.up(there);
  await stack.refresh([...there, "--expect-no-changes"]);
  await stack.destroy(there);
  const gone = expect.stringMatching(/^DELETE /);
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/service`, `GET ${API_KEYS}`, gone]);
  expect(emulator.account.liveApiKeys()).toEqual([]);
}

/** A preview in that folder fails with the error that the row of the document quotes. */
async function expectQuoted(folderOfProgram: string, { stack }: OpenStack, ...row: string[]): Promise<void> {
  const [result = ""] = table.tried(...row);
  const { all } = await stack.preview(["-C", folderOfProgram], { fails: true });
  expect(all).toContain(/`(.*?)`/.exec(result)![1]);
}

rareTest(
  "pnpm: works with the package in the program's own dependencies, not below a component package alone",
  async () => {
    const both = await openStack();
    const pnpm = join(await layouts.packageManager(folder, "pnpm", "10.34.9"), "bin", "pnpm.cjs");
    const tarball = `file:${await layouts.packInto(folder)}`;
    const team = `const { ComponentResource } = require("@pulumi/pulumi");
    exports.Team = class extends ComponentResource {
      constructor(name) {
        super("team:index:Team", name);
        const { ServiceKey } = require("pulumi-wayscloud");
        this.prefix = new ServiceKey("key", { service: "dns" }, { parent: this }).keyPrefix;
      }
    };`;
    const main = "index.js";
    const own = { "pulumi-wayscloud": tarball };
    const dependencies = { ...sdk, team: "workspace:*" };
    layouts.write(folder, {
      "pnpm-workspace.yaml": "packages: [team, direct, indirect]\n",
      "package.json": { private: true },
      "team/package.json": { name: "team", version: "1.0.0", main, peerDependencies: sdk, dependencies: own },
      "team/index.js": team,
      "direct/package.json": { name: "direct", main, dependencies: { ...sdk, ...own } },
      "indirect/package.json": { name: "indirect", main, dependencies },
    });
    layouts.write(join(folder, "direct"), program());
    const ofTeam = `exports.prefix = new (require("team").Team)("team").prefix;`;
    layouts.write(join(folder, "indirect"), program(ofTeam));
    await layouts.run(folder, nodeProgram(), [pnpm, "install", "--prefer-offline"]);

    await expectWorks(join(folder, "direct"), both);
    table.tried("pnpm (isolated `node_modules`)");

    const row = "pnpm, the package a dependency of a component package only";
    await expectQuoted(join(folder, "indirect"), both, row);
    both.stack.env["NODE_PATH"] = join(folder, "team", "node_modules");
    await expectWorks(join(folder, "indirect"), both);
  },
);

rareTest("a folder linked into the project works if it finds an SDK", async () => {
  const both = await openStack();
  const linked = (sdk: "own" | "none"): string => {
    const project = join(folder, sdk);
    layouts.write(project, { ...program(), "package.json": { name: "linked", main: "index.js" } });
    layouts.linkPackage(project, join(folder, `outside-${sdk}`), { sdk });
    return project;
  };
  await expectWorks(linked("own"), both);
  table.tried("a linked checkout (`npm link`) with its own SDK");
  const none = linked("none");
  await expectQuoted(none, both, "a linked folder that finds no SDK");
  both.stack.env["NODE_OPTIONS"] = "--preserve-symlinks";
  await expectWorks(none, both);
});

test("an npm workspace that holds the package itself works", async () => {
  const both = await openStack();
  const manifest = { private: true, workspaces: ["infra", "packages/*"] };
  layouts.write(folder, {
    "package.json": manifest,
    "infra/package.json": { name: "infra", main: "index.js" },
  });
  layouts.write(join(folder, "infra"), program());
  // The SDK is linked where npm would install it, which saves a minute.
  layouts.linkPackage(folder, join(folder, "packages", "pulumi-wayscloud"), { sdk: "none" });
  await expectWorks(join(folder, "infra"), both);
  table.tried("npm workspaces, the package one of them (a link in the root's `node_modules`)");
});

rareTest("yarn: works with node_modules; with Plug'n'Play as far as the SDK itself does", async () => {
  const both = await openStack();
  const tarball = `file:${await layouts.packInto(folder)}`;
  const dependencies = { ...sdk, "pulumi-wayscloud": tarball };
  const manifest = { name: "test", private: true, main: "index.js", dependencies };
  const registry = (await layouts.run(folder, "npm", ["config", "get", "registry"])).trim();
  const berry = join(await layouts.packageManager(folder, "@yarnpkg/cli-dist", "4.18.1"), "bin", "yarn.js");
  const classic = join(await layouts.packageManager(folder, "yarn", "1.22.22"), "bin", "yarn.js");
  const install = async (name: string, yarn: string, linker: string): Promise<string> => {
    const project = join(folder, name);
    layouts.write(project, {
      ...program(),
      "package.json": manifest,
      "yarn.lock": "",
      ".yarnrc.yml": `nodeLinker: ${linker}\n`,
    });
    await layouts.run(project, nodeProgram(), [yarn, "install"], {
      YARN_NPM_REGISTRY_SERVER: registry,
      YARN_ENABLE_TELEMETRY: "0",
      // In CI Yarn would insist on a complete lockfile.
      YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    });
    return project;
  };
  await expectWorks(await install("classic", classic, "node-modules"), both);
  table.tried("yarn 1");
  await expectWorks(await install("modules", berry, "node-modules"), both);
  table.tried("yarn 4, `nodeLinker: node-modules`");
  const pnp = await install("pnp", berry, "pnp");
  const { all } = await both.stack.preview(["-C", pnp], { fails: true });
  expect(all).toContain("It looks like the Pulumi SDK has not been installed");
  both.stack.env["NODE_OPTIONS"] = `--require ${join(pnp, ".pnp.cjs")}`;
  await expectWorks(pnp, both);
  table.tried("yarn 4, Plug'n'Play");
});
