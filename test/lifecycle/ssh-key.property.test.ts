// SshKey's `check`: every form of public key, and every way to spoil one.
import type { Checked } from "../../src/values";
import { resources } from "../support/engine-resources";
import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";

import fc from "fast-check";

import { publicKey } from "../support/public-key";

const NAME = { name: "a" };
const check = (text: unknown): Checked => resources.SshKey.check({}, { publicKey: text, ...NAME });

function field(content: Buffer | string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(content));
  return Buffer.concat([length, Buffer.from(content)]);
}

function openSsh(type: string, ...fields: (Buffer | string)[]): string {
  return `${type} ${Buffer.concat([type, ...fields].map(field)).toString("base64")}`;
}

function rsa(bits: number): string {
  const { n = "", e = "" } = jwk(generateKeyPairSync("rsa", { modulusLength: bits }).publicKey);
  return openSsh(
    "ssh-rsa",
    Buffer.from(e, "base64url"),
    Buffer.concat([Buffer.alloc(1), Buffer.from(n, "base64url")]),
  );
}

function ecdsa(curve: string, namedCurve: string): string {
  const { x = "", y = "" } = jwk(generateKeyPairSync("ec", { namedCurve }).publicKey);
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return openSsh(`ecdsa-sha2-${curve}`, curve, point);
}

function jwk(key: KeyObject): Record<string, string> {
  return key.export({ format: "jwk" }) as Record<string, string>;
}

const good = {
  ed25519: publicKey(1),
  "rsa 2048": rsa(2048),
  nistp256: ecdsa("nistp256", "P-256"),
  nistp384: ecdsa("nistp384", "P-384"),
  nistp521: ecdsa("nistp521", "P-521"),
};
const anyGood = fc.constantFrom(...Object.values(good));

test.each(Object.entries(good))(
  "%s: accepted, normalised, and unchanged by white space and comment",
  (_name, key) => {
    const space = fc.constantFrom("", " ", "\t", "\n", "\r\n", "  \n\n");
    // A comment of several words; anything in it but a line break.
    const comment = fc.constantFrom("", " me@here", "  two words", '\tÆ 鍵 "quoted" #');
    fc.assert(
      fc.property(space, comment, space, (before, text, after) => {
        const { inputs, failures } = check(before + key + text + after);
        expect(failures).toEqual([]);
        expect(inputs.publicKey).toBe(`${key} ${text.trim()}`.trim());
        expect(resources.SshKey.diff("id", { publicKey: key, ...NAME }, inputs, 0).changes).toBe(false);
      }),
    );
  },
);

test("a key with a piece missing anywhere in its material is refused", () => {
  const piece = fc.record({
    key: anyGood,
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    length: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(piece, ({ key, at, length }) => {
      const [type = "", material = ""] = key.split(" ");
      const from = Math.floor(at * material.length);
      const cut = `${type} ${material.slice(0, from)}${material.slice(from + length)}`;
      expect(check(cut).failures).toMatchObject([{ property: "" }]);
    }),
    { numRuns: 500 },
  );
});

test("the type must be the one in the material", () => {
  fc.assert(
    fc.property(anyGood, anyGood, (one, other) => {
      const [type = ""] = one.split(" ");
      const [otherType, material = ""] = other.split(" ");
      fc.pre(type !== otherType);
      expect(check(`${type} ${material}`).failures).toMatchObject([
        { property: "", reason: expect.stringContaining("does not match") },
      ]);
    }),
  );
});

test.each([
  ["several lines", `${good.ed25519}\n${publicKey(2)}`, /several lines/],
  ["options", `no-pty,command="x y" ${good.ed25519}`, /a host, a name or options stand before the key type/],
  ["bad base64", good.ed25519.replace("AAAAC3", "AAAA*3"), /not valid base64/],
  ["no material", "ssh-ed25519", /key material after the type is missing/],
  [
    "DSA",
    openSsh("ssh-dss", "x"),
    /algorithm "ssh-dss" is not supported; supported are RSA.*Ed25519 and ECDSA/,
  ],
  ["a security key", openSsh("sk-ssh-ed25519@openssh.com", "x"), /not supported; supported are/],
  ["a certificate", openSsh("ssh-ed25519-cert-v01@openssh.com", "x"), /not supported; supported are/],
  ["RSA of 1024 bits", rsa(1024), /1024 bits; at least 2048/],
  [
    "a point off its curve",
    openSsh("ecdsa-sha2-nistp256", "nistp256", Buffer.alloc(65, 4)),
    /not a point on nistp256/,
  ],
  ["PEM", "-----BEGIN PUBLIC KEY----- AAAA", /in PEM form .*; convert it/],
  ["nothing", " \n", /is empty/],
  ["a number", 5, /must be a string, not a number/],
  ["null", null, /`publicKey` is required/],
])("refused: %s", (_what, text, reason) => {
  // The engine prints the value of a property that is named, so only a short word or what is no text is.
  const isHarmless = typeof text !== "string" || text === "ssh-ed25519";
  expect(check(text).failures).toEqual([
    { property: isHarmless ? "publicKey" : "", reason: expect.stringMatching(reason) },
  ]);
});

test.each(["", " ", " ops", "ops ", "\u00a0ops", "ops\n"])(
  "refused as a name, which an API may trim: %j",
  (name) => {
    const { failures } = resources.SshKey.check({}, { publicKey: good.ed25519, name });
    expect(failures).toEqual([
      { property: expect.any(String), reason: expect.stringMatching(/^`name` must not/) },
    ]);
  },
);

test("a name that the package generates is accepted, whatever the logical name begins with", () => {
  const given = { publicKey: good.ed25519, name: " ops-${hex(7)}" };
  expect(resources.SshKey.check({}, given)).toMatchObject({
    inputs: { name: expect.stringMatching(/^ ops-[0-9a-f]{7}$/) },
    failures: [],
  });
});

test("a private key in any form is refused without a word of it, and with no property whose value would be printed", () => {
  const forms = [
    generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }),
    generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ format: "pem", type: "pkcs1" }),
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "sec1" }),
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${createHash("sha512").update("x").digest("base64")}\n-----END OPENSSH PRIVATE KEY-----`,
    "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAAIGJ1dCBub3QgcmVhbGx5IGEgcHJpdmF0ZSBrZXk=",
  ].map(String);
  const spoilt = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.replaceAll("\n", ""),
    (text) => text.replaceAll("\n", "\r\n"),
    (text) => ` ${text} `,
    (text) => text.split("\n").slice(1).join("\n"),
    (text) => text.slice(0, -30),
  );
  fc.assert(
    fc.property(fc.constantFrom(...forms), spoilt, (form, spoil) => {
      const text = spoil(form);
      fc.pre(/PRIVATE|PuTTY/.test(text));
      const { inputs, failures } = check(text);
      expect(failures).toEqual([
        { property: "", reason: expect.stringContaining("`publicKey` was refused: this is a private key") },
      ]);
      expect(inputs).not.toHaveProperty("publicKey");
      for (const word of text.split(/\s+/).filter(({ length }) => length > 20)) {
        expect(failures[0]!.reason).not.toContain(word);
      }
    }),
  );
});
