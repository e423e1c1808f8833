// Preloaded into the programs and provider processes of the tests: the SDK loads all of npm to be able to serialize functions, which nothing here does, and
// which would be two fifths of every start. The module is loaded when it is first used.
const Module = require("node:module");

const load = Module._load;
Module._load = function (request, parent, isMain) {
  return request === "@npmcli/arborist"
    ? whenUsed(() => load.call(Module, request, parent, isMain))
    : load.call(this, request, parent, isMain);
};

function whenUsed(get) {
  return new Proxy(Object.create(null), {
    get: (_target, name) => (name === "__esModule" ? true : get()[name]),
  });
}
