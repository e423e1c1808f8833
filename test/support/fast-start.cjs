// Preloaded into the programs and provider processes of the tests, each of which lives for a second. To be able to serialize functions, which few programs here
// do, the SDK loads npm's library and the TypeScript compiler and follows all programs with a debugger; and V8 optimizes what then runs once.
const Module = require("node:module");
const { setFlagsFromString } = require("node:v8");

setFlagsFromString("--no-opt");
const rarelyUsed = new Set(["@npmcli/arborist", "typescript", "./automation"]);
// It parses all source maps of the SDK for the first stack trace, and the SDK takes one for every resource.
const replaced = { "source-map-support/register": {} };
if (process.env.TEST_JAVASCRIPT === "yes") {
  // The language host that can be built here does not pass `typescript: false` on.
  process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
  replaced.inspector = { Session: Unused };
}
const load = Module._load;
Module._load = function (request, parent, isMain) {
  if (!/[\\/]@pulumi[\\/]pulumi[\\/](?!node_modules)/.test(parent?.filename))
    return load.call(this, request, parent, isMain);
  if (rarelyUsed.has(request)) return whenUsed(() => load.call(Module, request, parent, isMain));
  return replaced[request] ?? load.call(this, request, parent, isMain);
};

/** The debugger of a program that serializes no function. */
function Unused() {
  return { connect() {}, addListener() {}, post: (_method, answer) => answer(null) };
}

function whenUsed(get) {
  let loaded;
  return new Proxy(Object.create(null), {
    get: (_target, name) => (name === "__esModule" ? true : (loaded ??= get())[name]),
  });
}
