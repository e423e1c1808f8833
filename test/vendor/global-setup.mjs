// Installs the vendor's clients at pinned versions into the cache, once for each set of versions.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeAtomically } from "../../scripts/lib/cache.mjs";
import prepareEngine from "../support/global-setup.mjs";

const requirements = join(import.meta.dirname, "requirements.txt");

/** Where a virtual environment has its Python; it works wherever the folder is moved to. */
function pythonIn(folder) {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

function run(program, args) {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(
      `The vendor's clients need python3 with venv and pip: ${program} ${args.join(" ")} failed\n${error.stderr ?? error.message}`,
    );
  }
}

export default async function prepare() {
  await prepareEngine();
  const version = run("python3", ["--version"]);
  const hash = createHash("sha256")
    .update(version)
    .update(readFileSync(requirements))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheFolder(), `vendor-clients-${hash}`);
  if (!existsSync(folder)) {
    process.stderr.write("Installing the vendor's clients …\n");
    await makeAtomically(folder, (temporary) => {
      run("python3", ["-m", "venv", temporary]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
      run(pythonIn(temporary), [...pip, requirements]);
    });
  }
  process.env.TEST_VENDOR_PYTHON = pythonIn(folder);
}
