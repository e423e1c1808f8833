// Builds the generators of SDKs from the engine's own module: beside an engine that was built there is no language host that has them. Prints the program's path.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../lib/cache.mjs";
import { progress, projectFolder, runOrFail } from "../lib/process.mjs";

const module = join(projectFolder, "scripts/engine/pulumi");
const name = `sdks${process.platform === "win32" ? ".exe" : ""}`;
const hash = createHash("sha256");
for (const file of ["go.mod", "sdks/main.go"]) hash.update(readFileSync(join(module, file)));

try {
  const folder = await cached(`sdks-${hash.digest("hex").slice(0, 12)}`, async (making) => {
    const done = progress(
      "Building the generators of SDKs, once; seconds where the engine was built, else minutes",
    );
    await runOrFail(
      "go",
      // prettier-ignore
      ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", join(making, name), "./sdks"],
      { cwd: module, env: { CGO_ENABLED: "0", GOWORK: "off" } },
    );
    done("done");
  });
  process.stdout.write(`${join(folder, name)}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
