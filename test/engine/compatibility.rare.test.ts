// docs/compatibility.md: the README's first program with the oldest and the newest SDK, on each Node and TypeScript, and the plugin with the ends of
// both.
import { readFileSync, rmSync } from "node:fs";

import {
  checkTypes,
  environment,
  install,
  live,
  liveWithPlugin,
  type Row,
  versionsOf,
} from "../support/compatibility";
import { temporaryFolder } from "../support/layouts";
import { ObservedTable } from "../support/observed-table";
import { openEmulator } from "../support/engine";

const table = new ObservedTable("docs/compatibility.md", "Versions");
afterAll(() => table.compare());

const rows = [
  ...readFileSync("docs/compatibility.md", "utf8").matchAll(/^\| (3\.\S+) \| (\S+) \| (\S+) \|/gm),
];
/** SDK, Node and TypeScript of each row. The newest of each is what all other tests run with. SDKs before TypeScript 6 do not take it as a peer. */
const ROWS = rows.map(([, sdk, node, typescript]): Row => ({
  sdk: sdk!,
  node: node!,
  typescript: typescript!,
}));
const VERSIONS = {
  sdk: ["3.216.0", "3.270.0"],
  node: ["20.20.2", "22.23.3", "24.21.0"],
  typescript: ["5.9.3", "6.0.3"],
};
const [OLDEST, NEWEST] = [ROWS[0]!, ROWS.at(-1)!];
const program = /^```ts\n(.*?)^```$/ms.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
const usual = process.env["TEST_USER_INSTALL"];

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => {
  if (usual !== undefined) process.env["TEST_USER_INSTALL"] = usual;
  rmSync(folder, { recursive: true });
});

test.each(ROWS)("SDK $sdk, Node $node, TypeScript $typescript: as the table says", async (row) => {
  const [types, life, plugin] = table.tried(row.sdk, row.node, row.typescript);
  await install(folder, row);
  expect(await versionsOf(folder)).toEqual(row);
  expect(await checkTypes(folder, row, program)).toEqual([]);
  // From here on this installation is the user's.
  process.env["TEST_USER_INSTALL"] = folder;
  const emulator = await openEmulator();
  const env = environment(folder, emulator);
  await live(program, env, emulator);
  // The plugin runs on the SDK that it finds beside the package.
  const isEnd = row === OLDEST || row === NEWEST;
  if (isEnd) await liveWithPlugin(env, emulator);
  expect([types, life, plugin]).toEqual(["clean", "works", isEnd ? "works" : "not tried"]);
});

test("the table has the ends of the SDK's range that the package asks for, and of Node and TypeScript", () => {
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
  const manifest = read("package.json");
  expect(manifest.peerDependencies["@pulumi/pulumi"]).toBe(`^${OLDEST.sdk}`);
  expect(manifest.engines.node).toBe(`>=${OLDEST.node.split(".")[0]}`);
  // What all other tests run with.
  const { sdk, typescript } = NEWEST;
  expect(read("scripts/tools/user/package.json").dependencies).toMatchObject({
    "@pulumi/pulumi": sdk,
    typescript,
  });
  for (const part of ["sdk", "node", "typescript"] as const)
    expect([...new Set(ROWS.map((row) => row[part]))].sort()).toEqual(VERSIONS[part]);
});
