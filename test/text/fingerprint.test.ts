// Every spelling in which tools and the API print the fingerprint of a key.
import { createHash } from "node:crypto";
import { fingerprintOf, readFingerprint } from "../../src/text/fingerprint";

const KEY = Buffer.from("any key material");
const sha256 = createHash("sha256").update(KEY).digest();
const md5 = createHash("md5").update(KEY).digest("hex");
const colons = (hex: string): string => hex.match(/../g)!.join(":");
const padded = sha256.toString("base64");
const unpadded = padded.slice(0, -1);

test("the fingerprint of a key is printed as ssh-keygen -lf prints it, and read back", () => {
  expect(fingerprintOf(KEY)).toBe(`SHA256:${unpadded}`);
  expect(readFingerprint(fingerprintOf(KEY))).toEqual({
    algorithm: "SHA256",
    digest: sha256.toString("hex"),
  });
});

test.each([
  ["unpadded", `SHA256:${unpadded}`],
  ["padded", `SHA256:${padded}`],
  ["without its name", unpadded],
  ["padded, without its name", padded],
  ["with its name in small letters", `sha256:${unpadded}`],
  ["for URLs", `SHA256:${sha256.toString("base64url")}`],
  ["in hexadecimal", `SHA256:${sha256.toString("hex")}`],
  ["in hexadecimal without its name", sha256.toString("hex").toUpperCase()],
  ["in hexadecimal with colons", colons(sha256.toString("hex"))],
  ["in hexadecimal with its name and colons", `SHA256:${colons(sha256.toString("hex"))}`],
  ["between blanks", ` SHA256:${unpadded}\n`],
  ["in a line of ssh-keygen", `3072 SHA256:${unpadded} ops@example (RSA)`],
])("SHA-256 %s is the same digest", (_, text) => {
  expect(readFingerprint(text)).toEqual({ algorithm: "SHA256", digest: sha256.toString("hex") });
});

test.each([
  ["with colons", colons(md5)],
  ["without colons", md5],
  ["with its name", `MD5:${colons(md5)}`],
  ["with its name and without colons", `md5:${md5.toUpperCase()}`],
  ["in a line of ssh-keygen", `256 MD5:${colons(md5)} ops@example (ED25519)`],
])("MD5 %s is the same digest", (_, text) => {
  expect(readFingerprint(text)).toEqual({ algorithm: "MD5", digest: md5 });
});

test.each([
  "",
  "SHA256:",
  `SHA256:${md5}`,
  `MD5:${sha256.toString("hex")}`,
  `MD5:${unpadded}`,
  unpadded.slice(1),
  `${padded}=`,
  md5.slice(1),
  `${md5}0`,
  `SHA512:${unpadded}`,
  `SHA256:${unpadded} and more`,
])("%j spells none", (text) => expect(readFingerprint(text)).toBeUndefined());
