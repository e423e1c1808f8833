// What the texts of the arms "floor" and "mirror" load in the provider process: methods that do nothing.
const { randomUUID, createHash } = require("node:crypto");

const doingNothing = (outputs) => ({
  check: async (olds, news) => ({ inputs: news }),
  diff: async (id, olds, news) => ({ changes: olds.publicKey !== news.publicKey }),
  create: async (inputs) => ({ id: randomUUID(), outs: { ...inputs, ...outputs(inputs) } }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: { ...olds, ...news } }),
  delete: async () => undefined,
});

exports.nothing = doingNothing(() => ({}));
exports["ssh-key"] = doingNothing(({ publicKey }) => ({
  fingerprint: `SHA256:${createHash("sha256").update(publicKey).digest("base64").replace("=", "")}`,
  keyType: "ssh-ed25519",
  createdAt: "2026-01-01T00:00:00Z",
  vmCount: 0,
  adopted: false,
}));
exports["service-key"] = doingNothing(() => ({
  // As long as the real ones.
  key: `wayscloud_${randomUUID().slice(0, 7)}_${randomUUID().replaceAll("-", "")}AbCdEfGhIjKl`,
  keyPrefix: "wayscloud_AbCdEfG",
  keyType: "service",
  isActive: true,
  createdAt: "2026-01-01T00:00:00Z",
}));
