// Forty keys against an API that answers two requests a second: one up each, however they are declared.
import { openStack, publicKey } from "../support/engine";

const KEYS = JSON.stringify(
  Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, publicKey(i)])),
);

test.each([
  ["single keys", `for (let i = 0; i < 40; i++) new wayscloud.ServiceKey("k" + i, { service: "dns" });`],
  ["a set", `new wayscloud.SshKeySet("team", { publicKeys: ${KEYS} });`],
])("row 68: %s at two requests a second: all are made by one up", async (what, code) => {
  const { emulator, stack } = await openStack({
    program: code,
    emulator: { rateLimit: 2 },
  });
  const { all } = await stack.up();
  expect(emulator.account.liveApiKeys().length + emulator.account.sshKeys().length).toBe(40);
  // How many of the single keys wait at the first 429 depends on how fast the engine registers them; of a set, all do.
  if (what === "a set")
    expect(all).toMatch(
      /rate limited \(429\), retrying in \d+ s; \d+ other requests wait as well, for up to \d+ s\./,
    );
});
