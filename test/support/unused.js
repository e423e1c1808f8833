// Stands for what the SDK loads to be able to serialize functions, which no test in this process does: npm's library and the TypeScript compiler.
module.exports = new Proxy(Object.create(null), {
  get(_target, name) {
    if (name === "__esModule") return true;
    throw new Error(`this test needs what jest.config.js leaves out (${String(name)})`);
  },
});
