// Preloaded into the programs and provider processes of the tests, each of which lives for a second: the SDK loads npm's library and the TypeScript
// compiler to be able to serialize functions, which nothing here does, and V8 optimizes what then runs once. Both modules are loaded when they are first used.
const Module = require("node:module");
const { setFlagsFromString } = require("node:v8");

setFlagsFromString("--no-opt");

const rarelyUsed = new Set(["@npmcli/arborist", "typescript"]);
const load = Module._load;
Module._load = function (request, parent, isMain) {
  const bySdk = rarelyUsed.has(request) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename);
  return bySdk
    ? whenUsed(() => load.call(Module, request, parent, isMain))
    : load.call(this, request, parent, isMain);
};

function whenUsed(get) {
  let loaded;
  return new Proxy(Object.create(null), {
    get: (_target, name) => (name === "__esModule" ? true : (loaded ??= get())[name]),
  });
}
