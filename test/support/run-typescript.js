// `node run-typescript.js <script.ts> …`: runs TypeScript in a process of its own, where the environment is what a test wants it to be.
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const ts = require("typescript");

require.extensions[".ts"] = (module, file) => {
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
  };
  module._compile(
    ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions, fileName: file }).outputText,
    file,
  );
};
// The script sees the arguments as if it had been started itself.
process.argv.splice(1, 1);
require(resolve(process.argv[1]));
