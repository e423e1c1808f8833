// The emulator's own reader of public keys, against Node's key generator and a fingerprint of ssh-keygen's.
import { parsePublicKey } from "../../src/emulator/account/keys";
import { ecdsaPair, keyLine, rsaPair } from "../support/key-forms";
import { ED25519 } from "./client";

test("prints the fingerprint as ssh-keygen does", () => {
  expect(parsePublicKey(ED25519)).toEqual({
    keyType: "ssh-ed25519",
    fingerprint: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
  });
});

test.each([256, 384, 521] as const)("reads ECDSA %i", (bits) => {
  const { type, line } = ecdsaPair(bits);
  const blob = Buffer.from(line.split(" ")[1]!, "base64");
  const point = blob.subarray(blob.lastIndexOf(`nistp${bits}`) + 8 + 4);
  expect(parsePublicKey(line).keyType).toBe(type);
  expect(parsePublicKey(keyLine(type, `nistp${bits}`, point))).toEqual(parsePublicKey(line));
  expect(() => parsePublicKey(keyLine(type, "nistp999", point))).toThrow("malformed");
  expect(() => parsePublicKey(keyLine(type, `nistp${bits}`, point.subarray(1)))).toThrow("malformed");
});

test("reads RSA, whatever the comment and the white space around", () => {
  const { line } = rsaPair(1024);
  expect(parsePublicKey(`\n ${line}  a comment \r\n`)).toEqual(parsePublicKey(line));
  expect(parsePublicKey(line).keyType).toBe("ssh-rsa");
});

test.each([
  ["", "unsupported"],
  ["ssh-dss AAAA", "unsupported"],
  [`no-pty ${ED25519}`, "unsupported"],
  [`${ED25519}\n${ED25519}`, "expected one line"],
  ["ssh-ed25519", "base64"],
  ["ssh-ed25519 AAAA*", "base64"],
  [ED25519.replace("ed25519", "rsa"), "another type"],
  [keyLine("ssh-ed25519", Buffer.alloc(31)), "malformed"],
  [keyLine("ssh-ed25519", Buffer.alloc(32), Buffer.alloc(1)), "malformed"],
  [keyLine("ssh-rsa", "e"), "malformed"],
  [`ssh-ed25519 ${Buffer.from([0, 0, 0]).toString("base64")}`, "ends early"],
  [`ssh-ed25519 ${Buffer.from([0, 0, 0, 9, 1, 1]).toString("base64")}`, "ends early"],
])("refuses %j", (text, reason) => {
  expect(() => parsePublicKey(text)).toThrow(reason);
});
