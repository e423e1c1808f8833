// Finds a Pulumi engine for the demo, the tests and CI, and makes one if the machine has none. As a command it prints its folder.
import { accessSync, constants, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { buildFromSource, installOfficially, pinnedVersion } from "./engine/obtain.mjs";
import { cacheFolder } from "./lib/cache.mjs";
import { run, untilExit } from "./lib/process.mjs";

const exe = process.platform === "win32" ? ".exe" : "";
/** Refresh answers inputs to the program only from this version on. */
const oldestVersion = [3, 216, 0];

/**
 * @returns {Promise<{ bin: string, version: string, from: string }>} `bin` is the folder to put first on PATH.
 */
export async function findEngine() {
  const onPath = await engineOnPath();
  if (onPath) {
    return onPath;
  }
  const target = targetFolder();
  const bin = join(target, "bin");
  const cached = await engineIn(bin, "the cache");
  if (cached) {
    return cached;
  }
  // What does not run (another system's, cut short by a full disk) would only stand in the way of a new one.
  rmSync(target, { recursive: true, force: true });
  const reasons = [];
  for (const [from, make] of [
    ["the official installer", installOfficially],
    ["a build from source", buildFromSource],
  ]) {
    const problem = await make(target);
    const engine = await engineIn(bin, from);
    if (engine) {
      return engine;
    }
    reasons.push(`- ${from}: ${problem ?? "made something that does not run here"}`);
  }
  throw new Error(
    [
      "This needs the Pulumi engine, and none could be found or made:",
      `- on PATH: no pulumi ${oldestVersion.join(".")} or newer with pulumi-language-nodejs beside it`,
      ...reasons,
      "Do one of these and try again:",
      "- install Pulumi (https://www.pulumi.com/docs/install/) and have it on PATH",
      "- install Go 1.25 or newer and have it on PATH: the engine is then built from its source",
      `- copy pulumi and pulumi-language-nodejs into ${bin}`,
    ].join("\n"),
  );
}

/** Whether `findEngine` will have to make one, which takes minutes. */
export async function engineIsMissing() {
  return (await engineOnPath()) === undefined && !existsSync(targetFolder());
}

function targetFolder() {
  return join(cacheFolder(), `engine-${pinnedVersion}`);
}

async function engineOnPath() {
  const folder = folderOnPath("pulumi");
  const hasHost =
    folder && (isProgram(join(folder, "pulumi-language-nodejs")) || folderOnPath("pulumi-language-nodejs"));
  return hasHost ? engineIn(folder, "PATH") : undefined;
}

async function engineIn(bin, from) {
  if (!isProgram(join(bin, "pulumi"))) {
    return undefined;
  }
  // Even `pulumi version` writes a log into its home, and the user's own is not ours to write to.
  const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  const remove = untilExit(() => rmSync(home, { recursive: true, force: true }));
  try {
    const { code, output } = await run(join(bin, "pulumi"), ["version"], {
      env: { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: home },
    });
    const version = /v?(\d+\.\d+\.\d+\S*)/.exec(output)?.[1];
    return code === 0 && version && isNewEnough(version) ? { bin, version, from } : undefined;
  } catch {
    // A file that cannot be started (another system's, half a copy) is no engine.
    return undefined;
  } finally {
    remove();
  }
}

function isNewEnough(version) {
  const parts = version.split(/[.+-]/).slice(0, 3).map(Number);
  const first = parts.findIndex((part, index) => part !== oldestVersion[index]);
  return first === -1 || parts[first] > oldestVersion[first];
}

function folderOnPath(program) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.find((folder) => isProgram(join(folder, program)));
}

function isProgram(path) {
  try {
    accessSync(path + exe, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// The module's address is a real path; the one on the command line may lead through a link.
if (argv[1] && existsSync(argv[1]) && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const engine = await findEngine();
    process.stderr.write(`Pulumi ${engine.version} from ${engine.from}\n`);
    process.stdout.write(`${engine.bin}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
