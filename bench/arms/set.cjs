// Arm "set": this package with all keys in one resource.
const wayscloud = require("pulumi-wayscloud");
const { keys } = require("./keys.cjs");

const entries = keys(Number(process.env.BENCH_N)).map(({ name, publicKey }) => [name, publicKey]);
new wayscloud.SshKeySet("set", { publicKeys: Object.fromEntries(entries), namePrefix: "" });
