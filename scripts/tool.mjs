// `node scripts/tool.mjs <tool> <program> …`: runs a program of one of scripts/tools, which is installed first if need be.
import { join } from "node:path";
import { argv } from "node:process";
import { ended, pathWith, start } from "./lib/process.mjs";
import { installed, nodeFolder } from "./lib/tools.mjs";

const [tool, program, ...args] = argv.slice(2);
try {
  const bin = join(await installed(tool), "node_modules", ".bin");
  const env = { PATH: pathWith(await nodeFolder()) };
  process.exitCode = (await ended(start(join(bin, program), args, { env, stdio: "inherit" }))) ?? 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
