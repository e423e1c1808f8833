// Two ways to obtain the engine when the machine has none: the official installer, and a build from the pinned Go modules.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { makeAtomically } from "../lib/cache.mjs";
import { progress, projectFolder, run, runOrFail, untilExit } from "../lib/process.mjs";

const exe = process.platform === "win32" ? ".exe" : "";
const engineModule = join(projectFolder, "scripts/engine/pulumi");
const hostModule = join(projectFolder, "scripts/engine/language-nodejs");

/** The version in go.mod is the one place where it is pinned. */
export const pinnedVersion = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\d+\.\d+\.\d+)/.exec(
  readFileSync(join(engineModule, "go.mod"), "utf8"),
)[1];

const installScript = `
  const { PulumiCommand } = require("@pulumi/pulumi/automation");
  const [root, version] = process.argv.slice(1);
  PulumiCommand.install({ root, version }).then(
    () => process.exit(0),
    (error) => { console.error(String(error.message).trim().split("\\n")[0]); process.exit(1); },
  );`;

/** The Automation API's `PulumiCommand.install`. Answers undefined, or why it did not work. */
export async function installOfficially(target) {
  const done = progress(`Installing Pulumi ${pinnedVersion} with its official installer`);
  // A temporary folder of its own: it takes the installer's half downloads with it, and shows how far the installer got.
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-installer-"));
  const remove = untilExit(() => rmSync(temporary, { recursive: true, force: true }));
  try {
    await makeAtomically(target, async (folder) => {
      const { code, output } = await run(process.execPath, ["-e", installScript, folder, pinnedVersion], {
        env: { TMPDIR: temporary, TMP: temporary, TEMP: temporary },
        // Without a network the script itself does not arrive: 20 s settle that. With one, a slow download may take its time.
        giveUp: (elapsed) => elapsed > (readdirSync(temporary).length > 0 ? 300_000 : 20_000),
      });
      if (code !== 0) {
        throw new Error(output.trim() || "it took too long");
      }
      if (!readdirSync(join(folder, "bin")).includes(`pulumi${exe}`)) {
        throw new Error("it left no pulumi behind");
      }
    });
    done("done");
    return undefined;
  } catch (error) {
    done("not possible here");
    return error.message;
  } finally {
    remove();
  }
}

/** `go build` of the engine and of the Node.js language host. Answers undefined, or why it did not work. */
export async function buildFromSource(target) {
  try {
    await run("go", ["version"]);
  } catch {
    return "no Go on PATH";
  }
  let compiled = 0;
  const minutes = Math.ceil(10 / availableParallelism());
  const done = progress(
    `Building Pulumi ${pinnedVersion} from its source, once; about ${minutes} minutes on ${availableParallelism()} cores`,
    () => (compiled === 0 ? ", getting the sources" : `, ${compiled} packages compiled`),
  );
  try {
    await makeAtomically(target, async (folder) => {
      const bin = join(folder, ".building");
      mkdirSync(bin);
      const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pinnedVersion}`;
      // With `-v` each package that is compiled has a line, and so has each module that is downloaded.
      const count = (text) => (compiled += text.match(/^(?!go: )./gm)?.length ?? 0);
      const build = (module, output, ldflags, entry) =>
        runOrFail(
          "go",
          // prettier-ignore
          ["build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", join(bin, output + exe), entry],
          { cwd: module, env: { CGO_ENABLED: "0", GOWORK: "off" }, onOutput: count },
        );
      await build(engineModule, "pulumi", `-s -w ${version}`, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi");
      await build(
        hostModule,
        "pulumi-language-nodejs",
        "-s -w",
        "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      );
      // The launcher of dynamic providers finds the program's own SDK; the official installer puts it beside the engine too.
      const launcher = `pulumi-resource-pulumi-nodejs${process.platform === "win32" ? ".cmd" : ""}`;
      copyFileSync(join(projectFolder, "node_modules/@pulumi/pulumi", launcher), join(bin, launcher));
      renameSync(bin, join(folder, "bin"));
    });
    done("done");
    return undefined;
  } catch (error) {
    done("failed");
    return error.message;
  }
}
