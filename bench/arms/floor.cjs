// Arm "floor": the engine itself. A dynamic resource with a constant text, the same inputs as ours, methods that do nothing and no HTTP.
const pulumi = require("@pulumi/pulumi");
const { keys } = require("./keys.cjs");

class Nothing extends pulumi.CustomResource {
  constructor(name, args, opts) {
    const __provider = 'exports.handler = () => require("pulumi-wayscloud-floor").nothing';
    super("pulumi-nodejs:dynamic/wayscloud:Nothing", name, { ...args, __provider }, opts);
  }
}

for (const { name, publicKey } of keys(Number(process.env.BENCH_N))) {
  const serviceKey = process.env.BENCH_KIND === "service-key";
  new Nothing(name, serviceKey ? { service: "database", description: `bench ${name}` } : { name, publicKey });
}
