// Makes the language host for YAML programs, which is a module of its own and missing beside an engine that was built. As a command it prints its folder.
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { cached } from "../lib/cache.mjs";
import { progress, projectFolder, runOrFail } from "../lib/process.mjs";

const name = `pulumi-language-yaml${process.platform === "win32" ? ".exe" : ""}`;
const module = join(projectFolder, "scripts/engine/language-yaml");

/** The version in go.mod is the one place where it is pinned. */
const version = /github\.com\/pulumi\/pulumi-yaml v(\d+\.\d+\.\d+)/.exec(
  readFileSync(join(module, "go.mod"), "utf8"),
)[1];

/** The folder that holds it: one on PATH, as the official installer leaves it, or the cache. */
export async function findYamlHost() {
  const onPath = (process.env.PATH ?? "").split(delimiter).find((folder) => folder && holds(folder));
  return onPath ?? join(await cached(`language-yaml-${version}`, build), "bin");
}

async function build(folder) {
  const done = progress(`Building the YAML language host ${version}, about two minutes the first time`);
  mkdirSync(join(folder, "bin"));
  await runOrFail(
    "go",
    // prettier-ignore
    ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", join(folder, "bin", name), "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"],
    { cwd: module, env: { CGO_ENABLED: "0", GOWORK: "off" } },
  );
  done("done");
}

function holds(folder) {
  try {
    accessSync(join(folder, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  try {
    process.stdout.write(`${await findYamlHost()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
