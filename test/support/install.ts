// Where the tests find the user's install and the engine, and how they get a project folder in that install.
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** `scripts/test.mjs` (or `global-setup.mjs`, when jest is started directly) makes them once and passes them on. */
function prepared(
  name: "TEST_USER_INSTALL" | "TEST_ENGINE_BIN" | "TEST_NODE_BIN" | "TEST_KEY_SERVICE",
): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(
      `${name} is not set: run the tests with \`npm test\`, or start jest with test/support/global-setup.mjs`,
    );
  }
  return value;
}

/** A folder in which `npm install pulumi-wayscloud` was done, from the packed tarball. */
export function userInstall(): string {
  return prepared("TEST_USER_INSTALL");
}

export function engineFolder(): string {
  return prepared("TEST_ENGINE_BIN");
}

/** The Node.js that programs and the provider process run on: the newest SDK asks for a newer one than many machines have. */
export function nodeFolder(): string {
  return prepared("TEST_NODE_BIN");
}

/** The variables by which `pulumi` finds the service that keeps the key of a stack (`key-service.mjs`). */
export function keyService(): Record<string, string> {
  return { VAULT_ADDR: prepared("TEST_KEY_SERVICE"), VAULT_TOKEN: "test" };
}

export function nodeProgram(): string {
  return join(nodeFolder(), process.platform === "win32" ? "node.exe" : "node");
}

/**
 * Lets a command start faster, which is most of its time: Node keeps compiled code beside the install and leaves out what the SDK loads and
 * never uses here, and the engine, which ends before its memory counts, collects no garbage. The rows of docs/compatibility.md run without. `preload`: another
 * file to be loaded first.
 */
export function fastStart(preload?: string): Record<string, string> {
  const files = [resolve(__dirname, "fast-start.cjs"), ...(preload === undefined ? [] : [preload])];
  return {
    GOGC: "off",
    NODE_COMPILE_CACHE: join(userInstall(), "compiled"),
    NODE_OPTIONS: files.map((file) => `--require ${JSON.stringify(file)}`).join(" "),
  };
}

/**
 * The folders that a `pulumi` command needs on PATH. The launcher of dynamic providers stands beside an engine of the official
 * installer; where it is missing, the SDK's own serves (the engine then warns of where it took it from).
 */
export function engineFolders(): string[] {
  const bin = engineFolder();
  return existsSync(join(bin, "pulumi-resource-pulumi-nodejs")) ? [bin] : [bin, sdkFolder()];
}

/** The SDK as the user's program loads it; its folder also holds the launcher `pulumi-resource-pulumi-nodejs`. */
export function sdkFolder(): string {
  return join(userInstall(), "node_modules", "@pulumi", "pulumi");
}

/** A new folder for a program: Node's look-up climbs from there to the install, as in a user's workspace. */
export function makeProjectFolder(name: string): string {
  const projects = join(userInstall(), "projects");
  mkdirSync(projects, { recursive: true });
  return mkdtempSync(join(projects, `${name}-`));
}

/** Nothing is inherited but what a program needs to run at all: no WAYSCLOUD_*, PULUMI_* or npm_* of the person who tests. */
export function cleanEnvironment(home: string, bins: string[]): Record<string, string> {
  const kept = ["LANG", "TMPDIR", "TEMP", "TMP", "SystemRoot", "ComSpec", "PATHEXT"];
  return {
    ...Object.fromEntries(
      kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    HOME: home,
    USERPROFILE: home,
    PATH: [...bins, nodeFolder(), process.env["PATH"] ?? ""].join(delimiter),
  };
}
