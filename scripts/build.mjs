// `npm run build`: compiles src/ beside dist/ and then brings dist/ up to date file by file, so that whoever packs meanwhile finds it whole.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { execPath } from "node:process";
import { projectFolder, run, untilExit } from "./lib/process.mjs";
import { mirror } from "./lib/mirror.mjs";

const fresh = mkdtempSync(join(projectFolder, ".building-"));
const remove = untilExit(() => rmSync(fresh, { recursive: true, force: true }));
try {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const { code, output } = await run(execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", fresh]);
  process.stderr.write(output);
  if (code === 0) {
    mirror(fresh, join(projectFolder, "dist"));
  }
  process.exitCode = code ?? 1;
} finally {
  remove();
}
