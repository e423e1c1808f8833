// docs/compatibility.md: the README's first program with the oldest and the newest SDK, on each Node and TypeScript, and the plugin with the ends of
// both.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  checkTypes,
  environment,
  install,
  live,
  liveWithPlugin,
  type Row,
  versionsOf,
} from "../support/compatibility";
import { remove, temporaryFolder } from "../support/layouts";
import { ObservedTable } from "../support/observed-table";
import { openEmulator } from "../support/engine";

const table = new ObservedTable("docs/compatibility.md", "Versions", 3);
afterAll(() => table.compare());

const OLDEST = "3.216.0";
const NEWEST = "3.270.0";
const [NODE_20, NODE_22, NODE_24] = ["20.20.2", "22.23.3", "24.21.0"];
const [TS_5, TS_6] = ["5.9.3", "6.0.3"];

/** [SDK, Node, TypeScript]. The newest of each is what all other tests run with. SDKs before TypeScript 6 do not take it as a peer. */
const ROWS: [string, string, string][] = [
  [OLDEST, NODE_20, TS_5],
  [OLDEST, NODE_22, TS_5],
  [OLDEST, NODE_24, TS_5],
  [NEWEST, NODE_20, TS_5],
  [NEWEST, NODE_22, TS_5],
  [NEWEST, NODE_22, TS_6],
  [NEWEST, NODE_24, TS_5],
  [NEWEST, NODE_24, TS_6],
];
/** The oldest of everything, and the newest: the plugin runs on the SDK that it finds beside the package. */
const ENDS = [`${OLDEST} ${NODE_20}`, `${NEWEST} ${NODE_24} ${TS_6}`];
const program = /^```ts\n(.*?)^```$/ms.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
const usual = process.env["TEST_USER_INSTALL"];

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => {
  if (usual !== undefined) process.env["TEST_USER_INSTALL"] = usual;
  remove(folder);
});

test.each(ROWS)("SDK %s, Node %s, TypeScript %s: as the table says", async (sdk, node, typescript) => {
  const row: Row = { sdk, node, typescript };
  await install(folder, row);
  expect(await versionsOf(folder)).toEqual(row);
  const types = await checkTypes(folder, row, program);
  // From here on this installation is the user's.
  process.env["TEST_USER_INSTALL"] = folder;
  const emulator = await openEmulator();
  const env = environment(folder, emulator);
  const life = await live(program, env, emulator);
  const isEnd = ENDS.some((end) => `${sdk} ${node} ${typescript}`.startsWith(end));
  const plugin = isEnd ? await liveWithPlugin(env, emulator) : "not tried";
  expect({ types, life, plugin }).toEqual({
    types: "clean",
    life: "works",
    plugin: isEnd ? "works" : "not tried",
  });
  table.note(sdk, node, typescript, types, life, plugin);
});

test("the table has the ends of the SDK's range that the package asks for, and every Node that it names", () => {
  const read = (folder: string) =>
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      peerDependencies: Record<string, string>;
      dependencies: Record<string, string>;
      engines: { node: string };
    };
  const manifest = read(".");
  expect(manifest.peerDependencies["@pulumi/pulumi"]).toBe(`^${OLDEST}`);
  // What all other tests run with.
  expect(read("scripts/tools/user").dependencies).toMatchObject({
    "@pulumi/pulumi": NEWEST,
    typescript: TS_6,
  });
  expect(manifest.engines.node).toBe(`>=${NODE_20.split(".")[0]}`);
  const rows = [
    ...readFileSync("docs/compatibility.md", "utf8").matchAll(/^\| (3\.\S+) \| (\S+) \| (\S+) \|/gm),
  ];
  expect(rows.map(([, ...cells]) => cells.join(" ")).sort()).toEqual(
    ROWS.map(([sdk, node, typescript]) => `${sdk} ${node} ${typescript}`).sort(),
  );
});
