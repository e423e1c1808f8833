// Builds OpenTofu and the generic REST provider from their Go modules, once, into the cache outside the work tree.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeAtomically } from "../../scripts/lib/cache.mjs";
import { progress, projectFolder, run, runOrFail } from "../../scripts/lib/process.mjs";

const exe = process.platform === "win32" ? ".exe" : "";
const parts = [
  { module: "opentofu", output: "tofu", path: "github.com/opentofu/opentofu/cmd/tofu" },
  {
    module: "provider",
    output: "terraform-provider-restapi",
    path: "github.com/Mastercard/terraform-provider-restapi",
  },
];

/** The folder with both, or undefined with the reason said. The versions are those of the go.mod files beside this one. */
export async function obtainTerraform(say, { build = true } = {}) {
  const target = join(cacheFolder(), "bench-opentofu-1.12.6-restapi-1.20.0");
  if (existsSync(join(target, `tofu${exe}`))) return target;
  if (!build) return void say("terraform: skipped, it was not built yet (a full run builds it once)");
  try {
    await run("go", ["version"]);
  } catch {
    return void say("terraform: skipped, there is no Go on PATH to build it with");
  }
  const done = progress("Building OpenTofu and the REST provider, about three minutes the first time");
  try {
    await makeAtomically(target, async (folder) => {
      for (const { module, output, path } of parts) {
        const args = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
        await runOrFail("go", [...args, "-o", join(folder, output + exe), path], {
          cwd: join(projectFolder, "bench/terraform", module),
          env: { CGO_ENABLED: "0", GOWORK: "off" },
        });
      }
    });
    done("done");
    return target;
  } catch (error) {
    done("failed");
    return void say(`terraform: skipped, it could not be built (${error.message.trim().split("\n").at(-1)})`);
  }
}
