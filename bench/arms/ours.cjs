// Arm "ours": this package, as a user writes it.
const wayscloud = require("pulumi-wayscloud");
const { keys } = require("./keys.cjs");

for (const { name, publicKey } of keys(Number(process.env.BENCH_N))) {
  if (process.env.BENCH_KIND === "service-key") {
    new wayscloud.ServiceKey(name, { service: "database", description: `bench ${name}` });
  } else {
    new wayscloud.SshKey(name, { name, publicKey });
  }
}
