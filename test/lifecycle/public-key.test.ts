// OpenSSH public keys as ssh-keygen makes them, everything that is none, and secrets that must not be shown.
import { execFileSync } from "node:child_process";
import { createECDH, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { cpuTime } from "../support/fake-timing";
import { parsePublicKey, PublicKeyError } from "../../src/lifecycle/ssh-key/public-key";
import { looksSecret } from "../../src/text/pasted-secret";

const ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const FINGERPRINT = parsePublicKey(ED25519).fingerprint;
const MATERIAL = ED25519.split(" ")[1]!;

const field = (content: Buffer | string) => {
  const bytes = Buffer.from(content as string, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const line = (type: string, ...fields: (Buffer | string)[]) =>
  `${type} ${Buffer.concat([field(type), ...fields.map(field)]).toString("base64")}`;
/** Small and capital letters and digits: as random as a text can look. */
const mixed = (length: number) => "aB3".repeat(20).slice(0, length);
const rsaPublic = generateKeyPairSync("rsa", { modulusLength: 1024 })
  .publicKey.export({ type: "pkcs1", format: "pem" })
  .toString();
/** Of 2048 bits, the least that there can be, as an mpint. */
const oddModulus = () => Buffer.concat([Buffer.from([0, 0x80]), randomBytes(254), Buffer.from([1])]);
const refusal = (text: string): PublicKeyError => {
  try {
    parsePublicKey(text);
  } catch (error) {
    expect(error).toBeInstanceOf(PublicKeyError);
    return error as PublicKeyError;
  }
  throw new Error("it was accepted");
};

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
const keygen = (name: string, ...args: string[]) => {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "user@work station", "-f", file, ...args]);
  return { file, text: readFileSync(`${file}.pub`, "utf8"), secret: readFileSync(file, "utf8") };
};

// Where there is no ssh-keygen the fixtures below stand for its keys.
(hasKeygen() ? describe : describe.skip)("a key of ssh-keygen", () => {
  const kinds: [string, string, string[]][] = [
    ["rsa 2048", "ssh-rsa", ["-t", "rsa", "-b", "2048"]],
    ["ed25519", "ssh-ed25519", ["-t", "ed25519"]],
    ["ecdsa 256", "ecdsa-sha2-nistp256", ["-t", "ecdsa", "-b", "256"]],
    ["ecdsa 384", "ecdsa-sha2-nistp384", ["-t", "ecdsa", "-b", "384"]],
    ["ecdsa 521", "ecdsa-sha2-nistp521", ["-t", "ecdsa", "-b", "521"]],
  ];
  test.each(kinds)("of %s is read, and its fingerprint is that of ssh-keygen -lf", (name, type, args) => {
    const { file, text, secret } = keygen(name.replace(" ", "-"), ...args);
    const key = parsePublicKey(text);
    expect(key).toMatchObject({ type, comment: "user@work station", text: text.trim() });
    expect(execFileSync("ssh-keygen", ["-lf", `${file}.pub`], { encoding: "utf8" })).toContain(
      ` ${key.fingerprint} `,
    );
    expect(looksSecret(text)).toBe(false);
    expectSecret(secret);
    // The body alone, and from its second line on.
    const body = secret.split("\n").slice(1, -2);
    expectSecret(body.join("\n"));
    expectSecret(body.slice(1).join("\n"));
    expectSecret(body.join(""));
  });
});

describe("a key of any other maker", () => {
  // Of public values: the size and the form are what is checked, so no costly prime numbers are needed.
  const rsa = (bits: number) => {
    const modulus = randomBytes(bits / 8);
    modulus[0]! |= 0x80;
    modulus[modulus.length - 1]! |= 1;
    return line("ssh-rsa", Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), modulus]));
  };
  test.each([2048, 3072, 4096, 8192, 16_384])("of rsa %d is read", (bits) => {
    const text = rsa(bits);
    expect(parsePublicKey(text)).toMatchObject({ type: "ssh-rsa", comment: "", text });
    if (hasKeygen()) {
      const said = execFileSync("ssh-keygen", ["-lf", "-"], { input: text, encoding: "utf8" });
      expect(said).toContain(`${bits} ${parsePublicKey(text).fingerprint} `);
    }
  });

  test.each([512, 1024, 2040])("of rsa %d is too short, and says what is needed", (bits) => {
    expect(refusal(rsa(bits)).message).toBe(`the RSA key has ${bits} bits; at least 2048 are needed`);
  });

  test("of rsa may be the smallest of 2048 bits, and have any odd exponent but 1", () => {
    for (const exponent of [[3], [1, 0, 1], [1, 1]]) {
      const text = line("ssh-rsa", Buffer.from(exponent), oddModulus());
      expect(parsePublicKey(text).text).toBe(text);
    }
  });

  test("of rsa 2041 to 2047 bits is too short by its bits, not by its bytes", () => {
    for (const first of [0x01, 0x3f, 0x7f]) {
      const modulus = Buffer.concat([Buffer.from([first]), randomBytes(254), Buffer.from([1])]);
      expect(refusal(line("ssh-rsa", Buffer.from([3]), modulus)).message).toMatch(/has 204[0-9] bits/);
    }
  });

  test("of rsa beyond 16384 bits is refused", () =>
    expect(refusal(rsa(18_000)).message).toMatch(/bits; at most|too long/));

  test.each([
    ["nistp256", "prime256v1"],
    ["nistp384", "secp384r1"],
    ["nistp521", "secp521r1"],
  ])("of ecdsa %s is read, but neither compressed nor off its curve", (name, curve) => {
    const ecdh = createECDH(curve);
    const point = ecdh.generateKeys();
    const type = `ecdsa-sha2-${name}`;
    expect(parsePublicKey(line(type, name, point)).type).toBe(type);
    expect(refusal(line(type, name, ecdh.getPublicKey(null, "compressed"))).message).toContain(
      "uncompressed",
    );
    const off = Buffer.from(point);
    off[off.length - 1]! ^= 1;
    expect(refusal(line(type, name, off)).message).toContain(`not a point on ${name}`);
    expect(refusal(line(type, name === "nistp256" ? "nistp384" : "nistp256", point)).message).toContain(
      "curve",
    );
    const hybrid = Buffer.from(point);
    hybrid[0] = 6;
    expect(refusal(line(type, name, hybrid)).message).toContain("uncompressed");
    expect(refusal(line(type, name, point.subarray(0, -1))).message).toContain("uncompressed");
    expect(refusal(line(type, name, point, "more")).message).toContain("malformed");
    expect(refusal(line(type, name)).message).toContain("malformed");
  });
});

describe("what is no identity", () => {
  test.each([
    [`${ED25519}\n`, ""],
    [`  ${ED25519}\r\n`, ""],
    [`\n\n\t${ED25519}\t \r\n`, ""],
    [`\ufeff${ED25519}`, ""],
    [`${ED25519} user@workstation`, "user@workstation"],
    [`${ED25519}   two  words `, "two  words"],
    [ED25519.replace(" ", "\t") + "\tone\ttwo", "one\ttwo"],
    [ED25519.replace(" ", "   "), ""],
    [`${ED25519} Ærlig 日本 🎉`, "Ærlig 日本 🎉"],
    [`${ED25519} ${MATERIAL}`, MATERIAL],
    [`${ED25519} ssh-ed25519`, "ssh-ed25519"],
    [`${ED25519} wayscloud_deploy`, "wayscloud_deploy"],
    [`${ED25519} wayscloud_prod_deploy`, "wayscloud_prod_deploy"],
    [`${ED25519} Alice's private key`, "Alice's private key"],
    [`${ED25519} ${"0123456789abcdef".repeat(4)}`, "0123456789abcdef".repeat(4)],
  ])("%j has the same fingerprint, and its comment is kept", (text, comment) => {
    const key = parsePublicKey(text);
    expect(key).toMatchObject({ type: "ssh-ed25519", material: MATERIAL, comment, fingerprint: FINGERPRINT });
    expect(key.text).toBe(comment === "" ? ED25519 : `${ED25519} ${comment}`);
    expect(parsePublicKey(key.text)).toEqual(key);
    expect(looksSecret(text)).toBe(false);
  });

  test("the documented example has the documented form of fingerprint", () => {
    expect(FINGERPRINT).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });
});

describe("the longest text", () => {
  const text = (length: number) => `${ED25519} `.padEnd(length, "x");

  test("is 20,000 characters", () => {
    expect(parsePublicKey(text(20_000)).material).toBe(MATERIAL);
    expect(refusal(text(20_001)).message).toContain("too long (20001 characters)");
  });
});

describe("is refused, saying why", () => {
  const rows: [string, string, RegExp][] = [
    ["nothing", "", /empty/],
    ["white space", " \r\n\t", /empty/],
    ["two keys", `${ED25519}\n${ED25519}`, /several lines/],
    ["two keys with CR", `${ED25519}\r${ED25519}`, /several lines/],
    ["a key and a comment line", `# my key\n${ED25519}`, /several lines/],
    ["options", `no-pty,command="ls" ${ED25519}`, /a host, a name or options stand before the key type/],
    [
      "options with a quoted key type",
      `command="echo ssh-rsa" ${ED25519} c`,
      /a host, a name or options stand before the key type/,
    ],
    ["from=", `from="10.0.0.0/8" ${ED25519}`, /a host, a name or options stand before the key type/],
    [
      "a certificate option",
      `cert-authority ${ED25519}`,
      /a host, a name or options stand before the key type/,
    ],
    ["a known_hosts line", `host.example ${ED25519}`, /a host, a name or options stand before the key type/],
    ["the material alone", MATERIAL, /does not begin with a key type/],
    ["the type alone", "ssh-ed25519", /missing/],
    ["a file name", "~/.ssh/id_ed25519.pub", /path of a file; pass its contents/],
    ["a type in capitals", ED25519.replace("ssh-ed25519", "SSH-ED25519"), /does not begin with a key type/],
    ["a list of types", `ssh-rsa,x ${MATERIAL}`, /does not begin with a key type/],
    ["a word with ssh- in it", `my-ssh-key ${MATERIAL}`, /does not begin with a key type/],
    ["a type without end", `ssh-${"x".repeat(1_000)} ${MATERIAL}`, /does not begin with a key type/],
    ["a token that begins like a security key", `sk-proj-${"aB3".repeat(8)} ${MATERIAL}`, /does not begin/],
    [
      "a longer word than any algorithm's name",
      `ssh-${"x".repeat(51)} AAAA`,
      /does not begin with a key type/,
    ],
    ["DSA", line("ssh-dss", "p", "q", "g", "y"), /"ssh-dss" is not supported; supported are RSA/],
    [
      "a security key",
      line("sk-ssh-ed25519@openssh.com", randomBytes(32), "ssh:"),
      /"sk-ssh-ed25519@openssh.com" is not supported/,
    ],
    ["an ECDSA security key", line("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", "x"), /not supported/],
    [
      "a certificate",
      line("ssh-ed25519-cert-v01@openssh.com", randomBytes(32)),
      /"ssh-ed25519-cert-v01@openssh.com" is not supported/,
    ],
    ["an RSA certificate", line("ssh-rsa-cert-v01@openssh.com", "n"), /not supported/],
    ["Ed448", line("ssh-ed448", randomBytes(57)), /"ssh-ed448" is not supported/],
    [
      "another type than the material says",
      ED25519.replace("ssh-ed25519", "ssh-rsa"),
      /type ssh-rsa does not match .* is of "ssh-ed25519"/,
    ],
    [
      "material that says a secret in the place of its type",
      `ssh-rsa ${field(Buffer.from("ssh-aB3dE5fG7hJ9kL1m")).toString("base64")}`,
      /is of no known algorithm/,
    ],
    [
      "a PEM public key",
      generateKeyPairSync("ed25519")
        .publicKey.export({ type: "spki", format: "pem" })
        .toString()
        .replaceAll("\n", " "),
      /in PEM form/,
    ],
    [
      "RFC 4716",
      `---- BEGIN SSH2 PUBLIC KEY ---- ${MATERIAL} ---- END SSH2 PUBLIC KEY ----`,
      /ssh-keygen -i/,
    ],
    ["31 bytes of Ed25519", line("ssh-ed25519", randomBytes(31)), /must be 32 bytes/],
    ["33 bytes of Ed25519", line("ssh-ed25519", randomBytes(33)), /must be 32 bytes/],
    ["Ed25519 with more behind it", line("ssh-ed25519", randomBytes(32), ""), /must be 32 bytes/],
    ["a cut key", ED25519.slice(0, -8), /wrong length; was it cut/],
    ["a key cut within a group", ED25519.slice(0, -3), /not valid base64; was it cut/],
    [
      "a line break in the material",
      `${ED25519.slice(0, 50)} ${ED25519.slice(50)}`,
      /not valid base64|wrong length/,
    ],
    ["padding", `${ED25519}==`, /not valid base64/],
    [
      "base64url",
      `${ED25519.slice(0, 45)}_-${ED25519.slice(47)}`,
      /not valid base64|does not match|wrong length/,
    ],
    ["a stray sign", `${ED25519.slice(0, 30)}*${ED25519.slice(31)}`, /not valid base64/],
    [
      "a non-canonical end",
      line("ssh-ed25519", randomBytes(33)).replace(/=$/, ""),
      /not valid base64|32 bytes/,
    ],
    ["an exponent of 1", line("ssh-rsa", Buffer.from([1]), oddModulus()), /malformed/],
    ["an even exponent", line("ssh-rsa", Buffer.from([4]), oddModulus()), /malformed/],
    [
      "an even modulus",
      line(
        "ssh-rsa",
        Buffer.from([3]),
        Buffer.concat([Buffer.from([0, 0x80]), randomBytes(254), Buffer.from([2])]),
      ),
      /malformed/,
    ],
    [
      "a negative modulus",
      line(
        "ssh-rsa",
        Buffer.from([3]),
        Buffer.concat([Buffer.from([0x80]), randomBytes(254), Buffer.from([1])]),
      ),
      /malformed/,
    ],
    [
      "a modulus with a needless zero",
      line(
        "ssh-rsa",
        Buffer.from([3]),
        Buffer.concat([Buffer.from([0, 0x01]), randomBytes(260), Buffer.from([1])]),
      ),
      /malformed/,
    ],
    ["RSA with a negative exponent", line("ssh-rsa", Buffer.from([0x83]), oddModulus()), /malformed/],
    ["RSA with more behind it", line("ssh-rsa", Buffer.from([3]), oddModulus(), ""), /malformed/],
    ["RSA without a modulus", line("ssh-rsa", Buffer.from([1, 0, 1])), /malformed/],
    [
      "a length of 4 GB",
      `ssh-ed25519 ${Buffer.concat([field("ssh-ed25519"), Buffer.from([0xff, 0xff, 0xff, 0xff])]).toString("base64")}`,
      /wrong length/,
    ],
    [
      "half a length at its end",
      `ssh-ed25519 ${Buffer.concat([field("ssh-ed25519"), field(randomBytes(32)), Buffer.alloc(2)]).toString("base64")}`,
      /wrong length/,
    ],
    ["four fields", line("ssh-ed25519", "a", "b", "c"), /must be 32 bytes/],
    ["five fields", line("ssh-ed25519", "a", "b", "c", "d"), /wrong length/],
    [
      "a thousand empty fields",
      `ssh-ed25519 ${Buffer.concat([field("ssh-ed25519"), Buffer.alloc(4_000)]).toString("base64")}`,
      /wrong length/,
    ],
    ["a comment of 20 KB", `${ED25519} ${"é ".repeat(10_000)}`, /too long/],
  ];
  test.each(rows)("%s", (_, text, why) => {
    const error = refusal(text);
    expect(error.message).toMatch(why);
    expect(error.message).not.toContain("private key or another secret");
    expect(error.message.length).toBeLessThan(400);
  });

  test("a type with control characters, which are not printed", () => {
    for (const type of ["ssh-\u001b[31mx", "ssh-\u202ex", "ssh-\u009bx"]) {
      expect(refusal(`${type} AAAA`).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(
        refusal(line("ssh-ed25519", "x").replace(/ .*/, "") + " " + field(type).toString("base64")).message,
      ).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

/** Refused, and nothing that is thrown shows eight characters in a row of it, but for words that are no secret. */
function expectSecret(text: string): void {
  const error = refusal(text);
  const shown = `${error.message}
${error.stack ?? ""}`;
  const parts = (text.match(/[A-Za-z0-9+/]{24,}/g) ?? []).flatMap((run) => run.match(/.{8}/g) ?? []);
  expect(parts.filter((part) => shown.includes(part))).toEqual([]);
}

describe("a private key", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const ec384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const ec521 = generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey;
  const ed = generateKeyPairSync("ed25519").privateKey;
  const text = (key: typeof rsa, type: "pkcs1" | "pkcs8" | "sec1", cipher?: string) =>
    key.export({ type, format: "pem", ...(cipher ? { cipher, passphrase: "p" } : {}) } as any).toString();
  const putty = [
    "PuTTY-User-Key-File-3: ssh-ed25519",
    "Encryption: none",
    "Comment: user@workstation",
    "Public-Lines: 2",
    MATERIAL.slice(0, 64),
    MATERIAL.slice(64),
    "Private-Lines: 1",
    `AAAAI${randomBytes(32).toString("base64")}`,
    `Private-MAC: ${randomBytes(32).toString("hex")}`,
    "",
  ].join("\r\n");
  const openssh = [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    ...Buffer.concat([Buffer.from("openssh-key-v1\0"), randomBytes(300)])
      .toString("base64")
      .match(/.{1,70}/g)!,
    "-----END OPENSSH PRIVATE KEY-----",
    "",
  ].join("\n");
  const rows: [string, string][] = [
    ["OpenSSH", openssh],
    ["PKCS#1", text(rsa, "pkcs1")],
    ["PKCS#1, encrypted", text(rsa, "pkcs1", "aes-128-cbc")],
    ["PKCS#8 RSA", text(rsa, "pkcs8")],
    ["PKCS#8, encrypted", text(rsa, "pkcs8", "aes-256-cbc")],
    ["PKCS#8 EC", text(ec, "pkcs8")],
    ["PKCS#8 Ed25519", text(ed, "pkcs8")],
    ["SEC1 P-256", text(ec, "sec1")],
    ["SEC1 P-384", text(ec384, "sec1")],
    ["SEC1 P-521", text(ec521, "sec1")],
    ["PuTTY", putty],
    ["PuTTY without its first lines", putty.split("\r\n").slice(4).join("\r\n")],
    ["PuTTY's private line alone", `AAAAI${randomBytes(32).toString("base64")}`],
  ];
  const headless = rows
    .filter(([, key]) => key.includes("-----BEGIN"))
    .map(([name, key]): [string, string] => [
      `the body of ${name}`,
      key
        .split(/\r?\n/)
        .filter((each) => !/-----|:/.test(each))
        .join("\n"),
    ]);

  test.each([...rows, ...headless])("as %s is a secret, in one line or many, and not shown", (_, key) => {
    for (const form of [
      key,
      key.trim(),
      key.replaceAll("\n", "\r\n"),
      key.replaceAll(/\r?\n/g, " "),
      key.replaceAll(/\r?\n/g, "\\n"),
      `\n\n   ${key}`,
      `${key}\n${ED25519}`,
      `${ED25519}\n${key}`,
      // What begins like an SSH field may be a damaged public key, and is then called that.
      ...(key.startsWith("AAAA") ? [] : [`ssh-rsa ${key}`]),
    ]) {
      expectSecret(form);
    }
  });

  test.each([...headless])("%s is a secret in whatever width it is wrapped", (_, body) => {
    for (const width of [20, 40, 64, 76, 10_000]) {
      expectSecret(
        body
          .replaceAll(/\s/g, "")
          .match(new RegExp(`.{1,${width}}`, "g"))!
          .join("\n"),
      );
    }
  });

  test.each([
    ["forty characters of any key", mixed(40)],
    ["a key behind a stray sign", `=${mixed(60)}`],
    ["hex digits", "0123456789abcdef".repeat(4)],
    ["a file that says so", "this is my_private_key"],
    ["a file that says so in one word", "this is my PrivateKey"],
    ["DER behind a type and two blanks", `ssh-rsa  MIIE${mixed(60)}`],
    ["a WAYSCloud token", "wayscloud_pat_abc12_CanaryCanary0123456789"],
    ["a WAYSCloud key", "wayscloud_3mN8pQrStUvWxYz_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"],
    [
      "a WAYSCloud key in the comment of a key",
      `${ED25519} wayscloud_3mN8pQrStUvWxYz_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789`,
    ],
    ["an age key", `AGE-SECRET-KEY-1${"Q2W3E4R5T6".repeat(6)}`],
    ["a JSON web key", JSON.stringify(ed.export({ format: "jwk" }))],
    ["a variable", `PRIVATE_KEY=short`],
    ["a service account", JSON.stringify({ private_key: "short" })],
    ["hexadecimal", randomBytes(32).toString("hex")],
    ["base64 of anything", `${randomBytes(48).toString("base64")}aA1`],
    ["a private key in a comment", `${ED25519} -----BEGIN PRIVATE KEY----- x`],
    ["SSH2", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n---- END SSH2 ENCRYPTED PRIVATE KEY ----"],
    ["SSH1", "SSH PRIVATE KEY FILE FORMAT 1.1\n"],
  ])("%s is a secret too", (_, secret) => expectSecret(secret));

  test.each([
    "hello",
    "a sentence of ordinary words that is rather long and has no key in it at all 2024",
    "id_ed25519.pub",
    "https://example.com/a/rather/long/path/to/a/public/key/file.pub",
    "Deploy2024Key",
    mixed(39),
    "zZ".repeat(30),
    "Z1".repeat(30),
    "z1".repeat(30),
    // What is said of its own self to be public.
    rsaPublic,
    rsaPublic.replaceAll("\n", " "),
    // A comment is free, wherever the line begins.
    `ssh-dss AAAA my private key`,
    `\n  ssh-dss AAAA my private key\n`,
  ])("%j does not say that it is secret", (harmless) => {
    expect(looksSecret(harmless)).toBe(false);
    expect(refusal(harmless).message).not.toContain("private key or another secret");
  });

  test.each([
    ...rows.slice(0, -2),
    ["SSH2", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n---- END SSH2 ENCRYPTED PRIVATE KEY ----"],
    ["SSH1", "SSH PRIVATE KEY FILE FORMAT 1.1\n"],
    ["a JSON web key", JSON.stringify(ed.export({ format: "jwk" }))],
    ["a WAYSCloud key", "wayscloud_3mN8pQrStUvWxYz_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"],
  ])("as %s is called what it is, in clear, encoded, in UTF-16 or within something else", (_, key) => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(key, "utf16le")]);
    for (const form of [
      key,
      key.replaceAll("\n", "\\n"),
      wide.toString("utf8"),
      wide.toString("base64"),
      Buffer.from(key).toString("base64"),
      Buffer.from(key)
        .toString("base64")
        .match(/.{1,76}/g)!
        .join("\n"),
      JSON.stringify({ key: Buffer.from(key).toString("base64") }),
      Buffer.from(key).toString("hex"),
      `${ED25519} ${key}`,
    ]) {
      expect([form, refusal(form).message]).toEqual([
        form,
        expect.stringMatching(/^this is a private key or/),
      ]);
    }
  });
});

describe("any text", () => {
  const valid = [
    `${ED25519} user@workstation`,
    line("ecdsa-sha2-nistp256", "nistp256", createECDH("prime256v1").generateKeys()),
    line("ssh-rsa", Buffer.from([1, 0, 1]), oddModulus()),
  ];

  test("a mutated key either has the fingerprint of its own material or is refused by a PublicKeyError", () => {
    const mutation = fc.record({
      at: fc.nat(400),
      drop: fc.nat(6),
      add: fc.string({ unit: "binary", maxLength: 6 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (key, mutations) => {
          let text = key;
          for (const { at, drop, add } of mutations) text = text.slice(0, at) + add + text.slice(at + drop);
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
          if (words[1] === key.split(" ")[1])
            expect(parsed.fingerprint).toBe(parsePublicKey(key).fingerprint);
          expect(parsePublicKey(parsed.text)).toEqual(parsed);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is refused by a PublicKeyError and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(() => parsePublicKey(text)).toThrow(PublicKeyError);
      }),
      { numRuns: 100 },
    );
  });

  test("of several 100 KB is refused at once, whatever it is made of", () => {
    const started = cpuTime();
    for (const unit of [
      "M",
      "MI",
      "a ",
      "a",
      "A1a+",
      "BEGIN ",
      "PRIVATE",
      "wayscloud_",
      "wayscloud_a",
      "-----",
      " ",
      "\n",
      "AAAA",
      "ssh-rsa ",
      `${ED25519}\n`,
      "=",
      '"',
    ]) {
      const long = unit.repeat(300_000 / unit.length);
      for (const text of [long, `MIIE${"a".repeat(60)}${long}!`, `ssh-rsa ${long}`, `${long}x ${ED25519}`])
        refusal(text);
    }
    expect(cpuTime() - started).toBeLessThan(2_000);
  });
});
