// One row of docs/compatibility.md: an installation of its own with that SDK, Node and TypeScript, and the way of the README's first program through it.
import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Emulator } from "../../src/emulator";
import { engineFolders } from "./install";
import { packInto, run, write } from "./layouts";
import { liveIds, openBareStack, publicKey, takeRequests } from "./engine";

export interface Row {
  sdk: string;
  node: string;
  typescript: string;
}

/** Installs the packed package into the folder as a user would, with the versions of the row. */
export async function install(folder: string, { sdk, node, typescript }: Row): Promise<void> {
  const tarball = await packInto(folder);
  const types = JSON.parse(readFileSync("package.json", "utf8")).devDependencies["@types/node"];
  const dependencies = {
    ...{ "@pulumi/pulumi": sdk, "@types/node": types, node, typescript },
    "pulumi-wayscloud": `file:${tarball}`,
  };
  // The script of `node` fetches the binary.
  write(folder, { "package.json": { private: true, dependencies, allowScripts: { node: true } } });
  await run(folder, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"]);
  mkdirSync(join(folder, "projects"));
}

/** The environment in which this installation's Node is the one that everything finds. */
export function environment(folder: string, emulator: Emulator): Record<string, string> {
  const bins = [join(folder, "node_modules", "node", "bin"), ...engineFolders()];
  return {
    PATH: [...bins, process.env["PATH"] ?? ""].join(delimiter),
    WAYSCLOUD_ENDPOINT: emulator.url,
    WAYSCLOUD_API_KEY: emulator.apiKey,
  };
}

const strict = { strict: true, target: "es2022", types: ["node"] };
// Where `moduleResolution` is left out, older SDKs (3.216.0) set one that does not go with `nodenext`.
const modern = { ...strict, module: "nodenext", moduleResolution: "nodenext" };

/** A strict check with all declaration files, as the installed compiler does it, in the newer and the older way to find modules. */
export async function checkTypes(folder: string, { typescript }: Row, program: string): Promise<string[]> {
  // Without `esModuleInterop` the declarations of zod do not compile in CommonJS (see the document).
  const older = { ...strict, module: "commonjs", moduleResolution: "node10", esModuleInterop: true };
  const silenced = typescript.startsWith("5.") ? {} : { ignoreDeprecations: "6.0" };
  return [
    ...(await compile(folder, { ...modern, exactOptionalPropertyTypes: true }, program)),
    ...(await compile(folder, { ...older, ...silenced }, program)),
  ];
}

async function compile(folder: string, options: object, program: string): Promise<string[]> {
  const compilerOptions = { ...options, skipLibCheck: false, noEmit: true };
  write(join(folder, "types"), {
    "index.ts": program,
    "tsconfig.json": { compilerOptions, files: ["index.ts"] },
  });
  const compiler = join(folder, "node_modules", "typescript", "bin", "tsc");
  const node = join(folder, "node_modules", "node", "bin", "node");
  // The error holds what the compiler printed.
  const output = await run(folder, node, [compiler, "-p", join(folder, "types")]).catch(String);
  return output.split("\n").filter((line) => /error TS\d+/.test(line));
}

/** Up, again, refresh and destroy; each of them makes exactly the requests that it should. */
export async function live(program: string, env: Record<string, string>, emulator: Emulator): Promise<void> {
  const stack = await openBareStack({
    program,
    language: "typescript",
    typeCheck: true,
    plainNode: true,
    env,
  });
  stack.writeFile(
    "tsconfig.json",
    JSON.stringify({ compilerOptions: { ...modern, skipLibCheck: true }, files: ["index.ts"] }),
  );
  await stack.up();
  expect(takeRequests(emulator).sort()).toEqual([
    "GET /v1/account/profile",
    "POST /v1/account/api-keys/pat",
    "POST /v1/account/api-keys/service",
    "POST /v1/account/ssh-keys",
  ]);
  await stack.up(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/profile"]);
  await stack.refresh(["--expect-no-changes"]);
  expect(takeRequests(emulator).sort()).toEqual(["GET /v1/account/api-keys", "GET /v1/account/ssh-keys"]);
  await stack.destroy();
  expect(takeRequests(emulator).sort()).toEqual([
    expect.stringMatching(/^DELETE .*api-keys/),
    expect.stringMatching(/^DELETE .*api-keys/),
    expect.stringMatching(/^DELETE .*ssh-keys/),
  ]);
  expect(emulator.account.liveApiKeys()).toEqual([]);
}

const everything = `
  new wayscloud.SshKey("deploy", { publicKey: "${publicKey(1)}" });
  new wayscloud.SshKeySet("team", { publicKeys: { anna: "${publicKey(2)}" } });
  new wayscloud.ServiceKey("db", { service: "database" });
  new wayscloud.PersonalAccessToken("ci", { scopes: ["services:read"] });
  new wayscloud.RotatingServiceKey("dns", { service: "dns", rotateEveryDays: 30 });
  new wayscloud.RotatingPersonalAccessToken("robot", { scopes: ["services:read"], rotateEveryDays: 30 });
  const { customerId } = await wayscloud.getProfile();
  return { customerId, services: wayscloud.getServicesOutput({ status: "active" }).length };
`;

/** All classes of the plugin, created, unchanged and destroyed; each command makes exactly the requests that it should. */
export async function liveWithPlugin(env: Record<string, string>, emulator: Emulator): Promise<void> {
  const stack = await openBareStack({ host: "plugin", program: everything, plainNode: true, env });
  takeRequests(emulator);
  await stack.up();
  const reads = ["GET /v1/account/profile", "GET /v1/account/services"];
  expect(takeRequests(emulator).filter((line) => line.startsWith("POST"))).toHaveLength(6);
  await stack.up(["--expect-no-changes"]);
  expect(takeRequests(emulator).sort()).toEqual(reads);
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([]);
}

/** What runs in the row's installation must be what the row says. */
export async function versionsOf(folder: string): Promise<Row> {
  const version = (name: string): string =>
    JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
  const node = await run(folder, join(folder, "node_modules", "node", "bin", "node"), ["--version"]);
  return { sdk: version("@pulumi/pulumi"), node: node.trim().slice(1), typescript: version("typescript") };
}
