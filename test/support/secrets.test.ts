// The net that the leak tests hang on has to catch: each form a secret leaks in is found, and nothing else is.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { filesIn, secretsIn } from "./secrets";

const secret = 'wayscloud_pat_Zm9v/"bar?+baz';

test.each([
  ["in clear", `the key is ${secret}.`],
  ["URL-encoded", `https://example.invalid/?key=${encodeURIComponent(secret)}`],
  ["in JSON", JSON.stringify({ key: secret })],
  ["in hex", Buffer.from(secret).toString("hex")],
  ...[0, 1, 2, 3].flatMap((shift): [string, string][] => {
    const text = Buffer.from(`${"x".repeat(shift)}${secret}, and more`);
    return [
      [`in base64 behind ${shift} bytes`, text.toString("base64")],
      [`in base64url behind ${shift} bytes`, text.toString("base64url")],
    ];
  }),
  ["alone in base64", Buffer.from(secret).toString("base64")],
])("a secret is found %s", (_how, text) => {
  expect(secretsIn(text, ["another-secret", secret])).toEqual([1]);
});

test("a text without the secret is clean, and a canary that chance could find is refused", () => {
  expect(secretsIn("wayscloud_pat_ and nothing more", [secret])).toEqual([]);
  expect(() => secretsIn("text", ["short"])).toThrow("found by chance");
});

test("files are searched at every depth, compressed ones unpacked", () => {
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  try {
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "a/b/plain.json"), secret);
    writeFileSync(join(folder, "a/state.json.gz"), gzipSync(secret));
    expect(filesIn(folder).map(({ text }) => text)).toEqual([secret, secret]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
