// Arms "ours" and "native": this package, as a user writes it, on either host.
const wayscloud = require(process.env.BENCH_NATIVE ? "pulumi-wayscloud/native" : "pulumi-wayscloud");
const { keys } = require("./keys.cjs");

for (const { name, publicKey } of keys(Number(process.env.BENCH_N))) {
  if (process.env.BENCH_KIND === "service-key") {
    new wayscloud.ServiceKey(name, { service: "database", description: `bench ${name}` });
  } else {
    new wayscloud.SshKey(name, { name, publicKey });
  }
}
