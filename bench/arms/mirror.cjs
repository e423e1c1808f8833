// Arm "mirror": the floor holding the very properties that ours holds. What it takes beyond the floor is the price of the data, not of code.
const pulumi = require("@pulumi/pulumi");
const { keys } = require("./keys.cjs");

const outputs = {
  "ssh-key": ["fingerprint", "keyType", "createdAt", "vmCount", "adopted"],
  "service-key": ["key", "keyPrefix", "keyType", "scopes", "isActive", "createdAt", "lastUsedAt"],
};

class Mirror extends pulumi.CustomResource {
  constructor(name, kind, args, opts) {
    const __provider = `exports.handler = () => require("pulumi-wayscloud-floor")["${kind}"]`;
    const declared = Object.fromEntries(outputs[kind].map((output) => [output, undefined]));
    const secret = kind === "service-key" ? { additionalSecretOutputs: ["key"] } : {};
    super(
      "pulumi-nodejs:dynamic/wayscloud:Mirror",
      name,
      { ...declared, ...args, __provider },
      { ...opts, ...secret },
    );
    if (kind === "service-key") this.key = pulumi.secret(this.key);
  }
}

for (const { name, publicKey } of keys(Number(process.env.BENCH_N))) {
  if (process.env.BENCH_KIND === "service-key") {
    new Mirror(name, "service-key", { service: "database", description: `bench ${name}` });
  } else {
    new Mirror(name, "ssh-key", { name, publicKey });
  }
}
