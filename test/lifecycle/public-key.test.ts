// src/lifecycle/ssh-key/public-key.ts and key-material.ts: which OpenSSH public keys are read, and why others are refused.
import { execFileSync } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { checkSshKey } from "../../src/lifecycle/ssh-key/inputs";
import { parsePublicKey, PublicKeyError } from "../../src/lifecycle/ssh-key/public-key";
import { looksSecret } from "../../src/text/pasted-secret";
import { cpuTime } from "../support/fake-timing";
import { expectUnseen, keyLine, refusal } from "../support/key-forms";
import { wire } from "../support/public-key";

const ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const FINGERPRINT = parsePublicKey(ED25519).fingerprint;
const MATERIAL = ED25519.split(" ")[1]!;

/** A number as RSA keys hold them: these first bytes, so many random ones, and the last one. */
const number = (first: number[], bytes = 254, last = 1): Buffer =>
  Buffer.concat([Buffer.from(first), randomBytes(bytes), Buffer.from([last])]);
const rsaOf = (exponent: number[], ...fields: (Buffer | string)[]): string =>
  keyLine("ssh-rsa", Buffer.from(exponent), ...fields);
/** Of public values: the size and the form are what is checked, so no costly prime numbers are needed. */
const rsa = (bits: number): string => rsaOf([1, 0, 1], number([0, 0x80], bits / 8 - 2));
/** Of 2048 bits, the least that there can be. */
const oddModulus = (): Buffer => number([0, 0x80]);
const ofBytes = (...bytes: Buffer[]): string =>
  `ssh-ed25519 ${Buffer.concat([wire("ssh-ed25519"), ...bytes]).toString("base64")}`;

function hasKeygen(): boolean {
  try {
    execFileSync("ssh-keygen", ["-?"], { stdio: "ignore" });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
  return true;
}

const folder = mkdtempSync(join(tmpdir(), "keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Where there is no ssh-keygen the fixtures below stand for its keys.
(hasKeygen() ? describe : describe.skip)("a key of ssh-keygen", () => {
  const listed = (input: string): string =>
    execFileSync("ssh-keygen", ["-lf", "-"], { input, encoding: "utf8" });

  test.each([
    ["ssh-rsa", ["-t", "rsa", "-b", "2048"]],
    ["ssh-ed25519", ["-t", "ed25519"]],
    ["ecdsa-sha2-nistp256", ["-t", "ecdsa", "-b", "256"]],
    ["ecdsa-sha2-nistp384", ["-t", "ecdsa", "-b", "384"]],
    ["ecdsa-sha2-nistp521", ["-t", "ecdsa", "-b", "521"]],
  ])("of %s is read as ssh-keygen does, and its private file is a secret", (type, args) => {
    const file = join(folder, type);
    execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "user@work station", "-f", file, ...args]);
    const [text, secret] = [readFileSync(`${file}.pub`, "utf8"), readFileSync(file, "utf8")];
    const key = parsePublicKey(text);
    expect(key).toMatchObject({ type, comment: "user@work station", text: text.trim() });
    expect(listed(text)).toContain(` ${key.fingerprint} `);
    expect(looksSecret(text)).toBe(false);
    const body = secret.split("\n").slice(1, -2);
    for (const part of [secret, body.join("\n"), body.slice(1).join("\n"), body.join("")]) expectUnseen(part);
  });

  test.each([2048, 4096, 16_384])("of rsa %d has the length that it shows", (bits) => {
    const text = rsa(bits);
    expect(listed(text)).toContain(`${bits} ${parsePublicKey(text).fingerprint} `);
  });
});

describe("a key of any other maker", () => {
  test.each<[string, string | RegExp]>([
    [rsa(512), "the RSA key has 512 bits; at least 2048 are needed"],
    [rsa(2040), "the RSA key has 2040 bits; at least 2048 are needed"],
    ...[0x01, 0x3f, 0x7f].map((first): [string, RegExp] => [
      rsaOf([3], number([first])),
      /has 204[1-7] bits; at least 2048/,
    ]),
    [rsa(16_392), "the RSA key has 16392 bits; at most 16384 are usual"],
    [rsa(160_000), /too long/],
  ])("of rsa %# is too short by its bits, not by its bytes, or too long", (text, why) =>
    expect(() => parsePublicKey(text)).toThrow(why),
  );

  test("of rsa may have any odd exponent but 1", () => {
    for (const exponent of [[3], [1, 0, 1], [1, 1]]) {
      const text = rsaOf(exponent, oddModulus());
      expect(parsePublicKey(text).text).toBe(text);
    }
  });

  test.each([
    ["nistp256", "prime256v1"],
    ["nistp384", "secp384r1"],
    ["nistp521", "secp521r1"],
  ])("of ecdsa %s is read, but neither compressed nor off its curve", (name, curve) => {
    const ecdh = createECDH(curve);
    const point = ecdh.generateKeys();
    const type = `ecdsa-sha2-${name}`;
    expect(parsePublicKey(keyLine(type, name, point)).type).toBe(type);
    const [off, hybrid] = [Buffer.from(point), Buffer.from(point)];
    off[off.length - 1]! ^= 1;
    hybrid[0] = 6;
    for (const [fields, why] of [
      [[name, ecdh.getPublicKey(null, "compressed")], "uncompressed"],
      [[name, hybrid], "uncompressed"],
      [[name, point.subarray(0, -1)], "uncompressed"],
      [[name, off], `not a point on ${name}`],
      [[name === "nistp256" ? "nistp384" : "nistp256", point], "curve"],
      [[name, point, "more"], "malformed"],
      [[name], "malformed"],
    ] as const) {
      expect(refusal(keyLine(type, ...fields)).message).toContain(why);
    }
  });
});

test.each([
  [`\n\n\t${ED25519}\t \r\n`, ""],
  [`\ufeff${ED25519}`, ""],
  [`${ED25519}   two  words `, "two  words"],
  [ED25519.replace(" ", "\t") + "\tone\ttwo", "one\ttwo"],
  [ED25519.replace(" ", "   "), ""],
  [`${ED25519} Ærlig 日本 🎉`, "Ærlig 日本 🎉"],
  [`${ED25519} ${MATERIAL}`, MATERIAL],
  [`${ED25519} wayscloud_prod_deploy`, "wayscloud_prod_deploy"],
  [`${ED25519} Alice's private key`, "Alice's private key"],
  [`${ED25519} ${"0123456789abcdef".repeat(4)}`, "0123456789abcdef".repeat(4)],
])("white space and comment of %j are no identity, and the comment is kept", (text, comment) => {
  const key = parsePublicKey(text);
  expect(key).toMatchObject({ type: "ssh-ed25519", material: MATERIAL, comment, fingerprint: FINGERPRINT });
  expect(key.text).toBe(comment === "" ? ED25519 : `${ED25519} ${comment}`);
  expect(parsePublicKey(key.text)).toEqual(key);
  expect(checkSshKey({}, { publicKey: text, name: "a" }).inputs["publicKey"]).toBe(key.text);
  expect(looksSecret(text)).toBe(false);
});

test("the longest text has 20,000 characters", () => {
  const text = (length: number) => `${ED25519} `.padEnd(length, "x");
  expect(parsePublicKey(text(20_000)).material).toBe(MATERIAL);
  expect(refusal(text(20_001)).message).toContain("too long (20001 characters)");
});

describe("is refused, saying why", () => {
  const NO_TYPE = /does not begin with a key type/;
  const rows: [string, string, RegExp][] = [
    ["nothing", "", /empty/],
    ["the type alone", "ssh-ed25519", /key material after the type is missing/],
    ["a type in capitals", ED25519.replace("ssh-ed25519", "SSH-ED25519"), NO_TYPE],
    ["a list of types", `ssh-rsa,x ${MATERIAL}`, NO_TYPE],
    ["a token that begins like a security key", `sk-proj-${"aB3".repeat(8)} ${MATERIAL}`, NO_TYPE],
    ["a longer word than any algorithm's name", `ssh-${"x".repeat(51)} AAAA`, NO_TYPE],
    ["DSA", keyLine("ssh-dss", "p", "q", "g", "y"), /"ssh-dss" is not supported; supported are RSA.*Ed25519/],
    ["a security key", keyLine("sk-ssh-ed25519@openssh.com", "x"), /"sk-ssh-ed25519@openssh.com" is not/],
    ["a certificate", keyLine("ssh-rsa-cert-v01@openssh.com", "n"), /"ssh-rsa-cert-v01@.* not supported/],
    ["Ed448", keyLine("ssh-ed448", randomBytes(57)), /"ssh-ed448" is not supported/],
    ["another type", `ssh-rsa ${MATERIAL}`, /ssh-rsa does not match .* is of "ssh-ed25519"/],
    ["a secret for its type", `ssh-rsa ${wire("ssh-aB3dE5fG7hJ").toString("base64")}`, /is of no known/],
    ["31 bytes of Ed25519", keyLine("ssh-ed25519", randomBytes(31)), /must be 32 bytes/],
    ["33 bytes of Ed25519", keyLine("ssh-ed25519", randomBytes(33)), /must be 32 bytes/],
    ["Ed25519 with more behind it", keyLine("ssh-ed25519", randomBytes(32), ""), /must be 32 bytes/],
    ["a cut key", ED25519.slice(0, -8), /wrong length; was it cut\? Pass the whole line of the \.pub file/],
    ["a key cut within a group", ED25519.slice(0, -3), /not valid base64; was it cut\? Pass the whole line/],
    ["a blank in it", `${ED25519.slice(0, 50)} ${ED25519.slice(50)}`, /not valid base64|wrong length/],
    ["padding", `${ED25519}==`, /not valid base64/],
    ["base64url", `${ED25519.slice(0, 45)}_-${ED25519.slice(47)}`, /not valid base64/],
    ["a stray sign", `${ED25519.slice(0, 30)}*${ED25519.slice(31)}`, /not valid base64/],
    ["no padding", keyLine("ssh-ed25519", randomBytes(33)).replace(/=$/, ""), /not valid base64|32 bytes/],
    ["an exponent of 1", rsaOf([1], oddModulus()), /malformed/],
    ["an even exponent", rsaOf([4], oddModulus()), /malformed/],
    ["a negative exponent", rsaOf([0x83], oddModulus()), /malformed/],
    ["an even modulus", rsaOf([3], number([0, 0x80], 254, 2)), /malformed/],
    ["a negative modulus", rsaOf([3], number([0x80])), /malformed/],
    ["a modulus with a needless zero", rsaOf([3], number([0, 1], 260)), /malformed/],
    ["RSA with more behind it", rsaOf([3], oddModulus(), ""), /malformed/],
    ["RSA without a modulus", rsaOf([1, 0, 1]), /malformed/],
    ["a length of 4 GB", ofBytes(Buffer.alloc(4, 0xff)), /wrong length/],
    ["half a length at its end", ofBytes(wire(randomBytes(32)), Buffer.alloc(2)), /wrong length/],
    ["a thousand empty fields", ofBytes(Buffer.alloc(4_000)), /wrong length/],
    ["four fields", keyLine("ssh-ed25519", "a", "b", "c"), /must be 32 bytes/],
    ["five fields", keyLine("ssh-ed25519", "a", "b", "c", "d"), /wrong length/],
  ];
  test.each(rows)("%s", (_, text, why) => {
    const { message } = refusal(text);
    expect(message).toMatch(why);
    expect(message).not.toContain("private key or another secret");
    expect(message.length).toBeLessThan(400);
  });

  test("a type with control characters, which are not printed", () => {
    for (const type of ["ssh-\u001b[31mx", "ssh-\u202ex", "ssh-\u009bx"])
      for (const text of [`${type} AAAA`, `ssh-ed25519 ${wire(type).toString("base64")}`])
        expect(refusal(text).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("what is no text", () => {
    const reasonOf = (publicKey: unknown) => checkSshKey({}, { publicKey }).failures[0]?.reason;
    expect(reasonOf(5)).toContain("must be a string, not 5");
    expect(reasonOf(null)).toContain("`publicKey` is required");
  });
});

describe("any text", () => {
  const valid = [
    `${ED25519} user@workstation`,
    keyLine("ecdsa-sha2-nistp256", "nistp256", createECDH("prime256v1").generateKeys()),
    rsa(2048),
  ];

  test("a mutated key either has the fingerprint of its own material or is refused by a PublicKeyError", () => {
    const mutation = fc.record({
      at: fc.nat(400),
      drop: fc.nat(6),
      add: fc.string({ unit: "binary", maxLength: 6 }),
    });
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...valid), mutations, (key, each) => {
        const text = each.reduce(
          (old, { at, drop, add }) => old.slice(0, at) + add + old.slice(at + drop),
          key,
        );
        let parsed;
        try {
          parsed = parsePublicKey(text);
        } catch (error) {
          if (!(error instanceof PublicKeyError)) throw error;
          expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          return;
        }
        const words = text.trim().split(/[ \t]+/);
        expect([parsed.type, parsed.material]).toEqual([words[0], words[1]]);
        if (words[1] === key.split(" ")[1]) expect(parsed.fingerprint).toBe(parsePublicKey(key).fingerprint);
        expect(parsePublicKey(parsed.text)).toEqual(parsed);
      }),
      { numRuns: 300 },
    );
  });

  test("of several 100 KB is refused at once, whatever it is made of", () => {
    const started = cpuTime();
    const units = [
      ..."M MI a A1a+ PRIVATE \\ wayscloud_ wayscloud_a ----- AAAA =".split(" "),
      '"',
      " ",
      "\n",
    ];
    for (const unit of [...units, "a ", "BEGIN ", "ssh-rsa ", `${ED25519}\n`]) {
      const long = unit.repeat(300_000 / unit.length);
      for (const text of [long, `MIIE${"a".repeat(60)}${long}!`, `ssh-rsa ${long}`, `${long}x ${ED25519}`])
        refusal(text);
    }
    expect(cpuTime() - started).toBeLessThan(2_000);
  });
});
