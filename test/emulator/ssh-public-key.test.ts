// The emulator's own reader of public keys, against Node's key generator and a fingerprint of ssh-keygen's.
import { generateKeyPairSync } from "node:crypto";
import { parsePublicKey } from "../../src/emulator/account/ssh-public-key";
import { ED25519 } from "./client";

const field = (content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const line = (type: string, ...fields: (Buffer | string)[]): string =>
  `${type} ${Buffer.concat([type, ...fields].map(field)).toString("base64")}`;
const bytesOf = (base64url: string | undefined): Buffer => Buffer.from(base64url ?? "", "base64url");

const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
const RSA = line("ssh-rsa", bytesOf(rsa.e), Buffer.concat([Buffer.alloc(1), bytesOf(rsa.n)]));

test("prints the fingerprint as ssh-keygen does", () => {
  expect(parsePublicKey(ED25519)).toEqual({
    keyType: "ssh-ed25519",
    fingerprint: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
  });
});

test.each(["nistp256", "nistp384", "nistp521"])("reads ECDSA %s", (curve) => {
  const namedCurve = { nistp256: "P-256", nistp384: "P-384", nistp521: "P-521" }[curve]!;
  const jwk = generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), bytesOf(jwk.x), bytesOf(jwk.y)]);
  const type = `ecdsa-sha2-${curve}`;
  expect(parsePublicKey(line(type, curve, point)).keyType).toBe(type);
  expect(() => parsePublicKey(line(type, "nistp999", point))).toThrow("malformed");
  expect(() => parsePublicKey(line(type, curve, point.subarray(1)))).toThrow("malformed");
});

test("reads RSA, whatever the comment and the white space around", () => {
  expect(parsePublicKey(`\n ${RSA}  a comment \r\n`)).toEqual(parsePublicKey(RSA));
  expect(parsePublicKey(RSA).keyType).toBe("ssh-rsa");
});

test.each([
  ["", "unsupported"],
  ["ssh-ed25519", "base64"],
  ["ssh-ed25519 AAAA*", "base64"],
  [line("ssh-ed25519", Buffer.alloc(31)), "malformed"],
  [line("ssh-ed25519", Buffer.alloc(32), Buffer.alloc(1)), "malformed"],
  [line("ssh-rsa", "e"), "malformed"],
  [`ssh-ed25519 ${Buffer.from([0, 0, 0]).toString("base64")}`, "ends early"],
  [`ssh-ed25519 ${Buffer.from([0, 0, 0, 9, 1, 1]).toString("base64")}`, "ends early"],
  [`no-pty ${ED25519}`, "unsupported"],
])("refuses %j", (text, reason) => {
  expect(() => parsePublicKey(text)).toThrow(reason);
});
