// The same N public keys for every arm: `BENCH_N` keys named key-0000, key-0001, … With `BENCH_CHANGED` the first one is another key.
const { createHash } = require("node:crypto");

const field = (content) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};

const publicKey = (which) => {
  const bytes = createHash("sha256").update(`bench key ${which}`).digest();
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from("ssh-ed25519")), field(bytes)]).toString("base64")}`;
};

exports.keys = (count, changed = process.env.BENCH_CHANGED !== undefined) =>
  Array.from({ length: count }, (_, index) => ({
    name: `key-${String(index).padStart(4, "0")}`,
    publicKey: publicKey(changed && index === 0 ? "another" : index),
  }));
