// Arm "native": the same program on the plugin host.
const wayscloud = require("pulumi-wayscloud/native");
const { keys } = require("./keys.cjs");

for (const { name, publicKey } of keys(Number(process.env.BENCH_N))) {
  if (process.env.BENCH_KIND === "service-key") {
    new wayscloud.ServiceKey(name, { service: "database", description: `bench ${name}` });
  } else {
    new wayscloud.SshKey(name, { name, publicKey });
  }
}
