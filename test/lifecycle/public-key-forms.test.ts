// The forms in which keys reach people: a public one is named with the way to convert it and never called private; a private one is never shown.
import { createHash, randomBytes } from "node:crypto";

import fc from "fast-check";

import { parsePublicKey, PublicKeyError } from "../../src/lifecycle/ssh-key/public-key";
import { checkSshKey } from "../../src/lifecycle/ssh-key/inputs";
import { looksSecret, quotesSecret } from "../../src/text/pasted-secret";
import { ecdsaPair, ed25519Pair, privateForms, rfc4716, rsaPair, utf16, wrap } from "../support/key-forms";
import type { KeyPair } from "../support/key-forms";

const pairs: KeyPair[] = [
  rsaPair(),
  rsaPair(3072),
  ed25519Pair(),
  ed25519Pair(),
  ecdsaPair(256),
  ecdsaPair(384),
  ecdsaPair(521),
];
const [rsa, , ed, , ec] = pairs as [KeyPair, KeyPair, KeyPair, KeyPair, KeyPair];
const materialOf = ({ line }: KeyPair) => line.split(" ")[1]!;
const spki = ({ publicKey }: KeyPair) => publicKey.export({ type: "spki", format: "pem" }).toString();
const pkcs1 = rsa.publicKey.export({ type: "pkcs1", format: "pem" }).toString();
const bodyOf = (pem: string) =>
  pem
    .split("\n")
    .filter((line) => !/-----|: /.test(line))
    .join("\n");

function refusal(text: string): PublicKeyError {
  try {
    parsePublicKey(text);
  } catch (error) {
    if (error instanceof PublicKeyError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a public key in another form is named, with the way to convert it", () => {
  const sha256 = `SHA256:${createHash("sha256").update("x").digest("base64").replace("=", "")}`;
  const md5 = createHash("md5").update("x").digest("hex").match(/../g)!.join(":");
  // As random as a key, and the same in every run.
  const material = createHash("shake256", { outputLength: 900 }).update("x").digest("base64");
  const openPgp = (body: string): string =>
    `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${wrap(body, 64)}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
  const certificate = (body: string): string =>
    `-----BEGIN CERTIFICATE-----\n${wrap(body, 64)}\n-----END CERTIFICATE-----\n`;
  const rows: [string, string, RegExp][] = [
    ["UTF-16 of PowerShell", utf16(`${ed.line} ops@example\r\n`), /UTF-16.*save the file as UTF-8/],
    ["UTF-16 without a byte order mark", Array.from(`${ed.line}\n`).join("\0"), /UTF-16/],
    ["UTF-16 of RSA", utf16(rsa.line), /UTF-16/],
    ["RFC 4716 of RSA", rfc4716(rsa.line), /RFC 4716.*`ssh-keygen -i -f FILE`/],
    ["RFC 4716 of Ed25519", rfc4716(ed.line).replaceAll("\n", "\r\n"), /RFC 4716/],
    ["RFC 4716 in one line", rfc4716(rsa.line).replaceAll("\n", " "), /RFC 4716/],
    ["RFC 4716 without its last lines", rfc4716(rsa.line).split("\n").slice(0, -2).join("\n"), /RFC 4716/],
    [
      "RFC 4716 without its first and last lines",
      rfc4716(rsa.line).split("\n").slice(2, -2).join("\n"),
      /several lines.*join a key that was wrapped/,
    ],
    ["PKCS#8", spki(rsa), /PEM form \(PKCS#8\).*`ssh-keygen -i -m PKCS8 -f FILE`/],
    ["PKCS#8 of Ed25519", spki(ed), /PKCS#8.*`ssh-keygen -y -f PRIVATE-KEY-FILE`/],
    ["PKCS#8 of ECDSA with CRLF", spki(ec).replaceAll("\n", "\r\n"), /PKCS#8/],
    ["PKCS#1", pkcs1, /PEM form \(PKCS#1\).*`ssh-keygen -i -m PEM -f FILE`/],
    ["PKCS#1 in an environment variable", pkcs1.replaceAll("\n", "\\n"), /PKCS#1/],
    ["a certificate", certificate(material), /not an SSH key/],
    ["OpenPGP", openPgp(material), /not an SSH key/],
    ["the base64 alone", materialOf(rsa), /write `ssh-rsa ` before it/],
    ["the base64 of Ed25519 alone", materialOf(ed), /write `ssh-ed25519 ` before it/],
    ["the body of PKCS#8", bodyOf(spki(rsa)), /several lines/],
    [
      "the body of PKCS#8 in one line",
      bodyOf(spki(rsa)).replaceAll("\n", ""),
      /does not begin with a key type/,
    ],
    ["base64 of the file", Buffer.from(`${rsa.line} ops@example\n`).toString("base64"), /decode it/],
    [
      "base64 of the file, wrapped",
      wrap(Buffer.from(`${rsa.line} ops@example\n`).toString("base64"), 76),
      /several lines/,
    ],
    ["quotes", `"${ed.line} ops@example"`, /in quotes; remove them/],
    ["single quotes", `'${rsa.line}'`, /in quotes/],
    ["typographic quotes", `“${rsa.line}”`, /in quotes/],
    ["a path at home", "~/.ssh/id_rsa.pub", /path of a file.*readFileSync/],
    ["a long path", "/builds/Team7/infrastructure/modules/ssh/keys/deploy.pub", /path of a file/],
    ["a long path of Windows", "C:/Users/Deploy/Documents/terraform/2026/keys/id_rsa.pub", /path of a file/],
    ["a path with backslashes", String.raw`C:\Users\Deploy Team\.ssh\id_ed25519.pub`, /path of a file/],
    [
      "a path without an ending",
      "/builds/Team7/infrastructure/modules/ssh/Keys2026/deploy",
      /path of a file/,
    ],
    [
      "a path with a random part",
      "/var/lib/jenkins/workspace/aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z/keys/id.pub",
      /path of a file/,
    ],
    ["a path that speaks of private keys", "~/keys/my_private_key.pub", /path of a file/],
    ["a path of this folder", "./keys/deploy", /path of a file/],
    ["a path with a variable", "$HOME/.ssh/id_rsa.pub", /path of a file/],
    ["a name of a file", "id_ed25519.pub", /path of a file/],
    ["a fingerprint", sha256, /fingerprint/],
    ["a line of ssh-keygen -lf", `3072 ${sha256} ops@example (RSA)`, /fingerprint/],
    ["an MD5 fingerprint", md5, /fingerprint/],
    ["an MD5 fingerprint with its name", `MD5:${md5}`, /fingerprint/],
    [
      "a SHA-256 fingerprint in hex",
      `SHA256:${createHash("sha256").update("x").digest("hex")}`,
      /fingerprint/,
    ],
    ["a host", `host.example,192.0.2.1 ${rsa.line}`, /a host, a name or options stand before the key type/],
    [
      "a hashed host",
      `|1|${randomBytes(20).toString("base64")}|${randomBytes(20).toString("base64")} ${rsa.line}`,
      /a host, a name or options stand before the key type/,
    ],
    [
      "a host with a port",
      `[host.example]:2222 ${rsa.line}`,
      /a host, a name or options stand before the key type/,
    ],
    ["a user and host", `deploy@host: ${rsa.line}`, /a host, a name or options stand before the key type/],
    [
      "options",
      `restrict,from="10.0.0.0/8,192.0.2.7" ${rsa.line} c`,
      /a host, a name or options stand before the key type/,
    ],
    [
      "options with a command",
      `command="/usr/bin/backup --host a.example" ${rsa.line}`,
      /a host, a name or options stand before the key type/,
    ],
    ["a name", `publicKey: ${rsa.line}`, /a host, a name or options stand before the key type/],
    ["an assignment", `SSH_KEY= ${rsa.line}`, /a host, a name or options stand before the key type/],
    [
      "several keys",
      pairs.map(({ line }) => line).join("\n"),
      /several lines with 7 keys; declare one SshKey for each/,
    ],
    ["authorized_keys", `# ops\n${rsa.line} a@b\n\nno-pty ${ed.line} c@d\n`, /several lines with 2 keys/],
    ["a comment line", `# ops\n${rsa.line} a@b\n`, /Remove comment lines that begin with #/],
    ["a no-break space", rsa.line.replace(" ", "\u00a0"), /unusual or invisible blank \(U\+00A0\)/],
    ["a zero width space", rsa.line.replace(" ", " \u200b"), /U\+200B/],
    ["a zero width space in the material", `${ed.line.slice(0, 40)}\u200b${ed.line.slice(40)}`, /U\+200B/],
    ["an ideographic space", rsa.line.replace(" ", "\u3000"), /U\+3000/],
    ["a soft hyphen before it", `\u00ad${ed.line}`, /U\+00AD/],
    ["an escape in its comment", `${ed.line} \u001b[31mred\u0007`, /control characters/],
    ["a reversed comment", `${ed.line} \u202egro.elpmaxe`, /control characters/],
    ["broken Unicode", `${ed.line} \ud800`, /broken Unicode/],
  ];
  test.each(rows)("%s", (_, text, why) => {
    const error = refusal(text);
    expect(error.message).toMatch(why);
    expect(error.message).not.toMatch(/private key|shown to anyone/);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(error.message.length).toBeLessThan(300);
  });
});

const ends = fc.constantFrom("\n", "\r\n", "\r", "\n    ", "\\n", "\n> ", '"\n"', " ");
const widths = fc.integer({ min: 8, max: 120 });
const anyPair = fc.constantFrom(...pairs);
const comment = fc.constantFrom("", " ops@example", " Alice's laptop 2026", " Ærlig 日本 🎉");

test("a public key is never called private, in whatever form it is wrapped", () => {
  const form = fc.constantFrom<(keys: KeyPair, comment: string) => string>(
    ({ line }, words) => line + words,
    (keys) => materialOf(keys),
    (keys) => rfc4716(keys.line),
    (keys) => rfc4716(keys.line).replaceAll("\n", "\r\n"),
    (keys) => spki(keys),
    (keys) => bodyOf(spki(keys)),
    () => pkcs1,
    () => bodyOf(pkcs1),
    ({ line }, words) => `from="10.0.0.0/8" ${line}${words}`,
    ({ line }) => `host.example ${line}`,
    ({ line }, words) => Buffer.from(line + words).toString("base64"),
    ({ line }, words) => Buffer.from(line + words).toString("hex"),
    (keys) => Buffer.from(materialOf(keys), "base64").toString("hex"),
    (keys) => keys.publicKey.export({ type: "spki", format: "der" }).toString("hex"),
    ({ line }, words) => JSON.stringify({ key: line + words }),
    ({ line }) => `${line}\n${rsa.line}`,
  );
  fc.assert(
    fc.property(
      anyPair,
      form,
      comment,
      fc.option(widths),
      ends,
      fc.boolean(),
      (keys, shape, words, width, end, wide) => {
        const text = shape(keys, words);
        // A width of hex must be even, as every tool makes it.
        const wrapped = width === null ? text : wrap(text, width - (width % 4), end);
        const given = wide ? utf16(wrapped) : wrapped;
        try {
          expect(parsePublicKey(given).fingerprint).toMatch(/^SHA256:/);
        } catch (error) {
          if (!(error instanceof PublicKeyError)) throw error;
          expect(error.message).not.toMatch(/private key or|shown to anyone/);
        }
        expect(looksSecret(given)).toBe(false);
      },
    ),
    { numRuns: 600 },
  );
});

describe("a private key is never accepted nor shown", () => {
  const wayscloud = `wayscloud_3mN8pQrStUvWxYz_${"AbCdEfGhIjKlMnOpQrStUvWxYz0123456789".repeat(2)}`;
  const files = pairs.flatMap((keys) => Object.values(privateForms(keys)));
  const others = [
    ...pairs.map(({ privateKey }) => JSON.stringify(privateKey.export({ format: "jwk" }))),
    `AGE-SECRET-KEY-1${"Q2W3E4R5T6".repeat(6)}`,
    wayscloud,
  ];
  const wrapping = fc.constantFrom<(text: string, width: number, end: string) => string>(
    (text) => text,
    bodyOf,
    (text, width, end) => wrap(bodyOf(text).replaceAll("\n", ""), width, end),
    (text) => text.replaceAll("\n", " "),
    (text) => text.replaceAll("\n", "\\n"),
    (text) => JSON.stringify({ key: text }),
    (text) => `"${text}"`,
    (text) => `ssh-rsa ${text}`,
    (text) => `${ed.line}\n${text}`,
    (text) => `${text}\n${rsa.line} ops@example`,
    (text) => Buffer.from(text).toString("base64"),
    (text) => Buffer.from(text).toString("hex"),
    (text) => wrap(Buffer.from(text).toString("base64"), 76),
    (text) => `-----BEGIN PUBLIC KEY-----\n${text}\n`,
  );
  /** The engine prints the value of the property that a failure names, and its reason. */
  const expectUnseen = (publicKey: unknown, key: string): void => {
    const { inputs, failures } = checkSshKey({}, { publicKey });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("`publicKey`") }]);
    const shown = JSON.stringify([inputs, failures]);
    const parts = (key.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []).flatMap((run) => run.match(/.{12}/g) ?? []);
    expect(parts.filter((part) => shown.includes(part))).toEqual([]);
  };

  test("in any wrapping", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...files, ...others),
        wrapping,
        widths,
        ends,
        fc.boolean(),
        (key, wrapped, width, end, wide) => {
          const text = wrapped(key, width, end);
          expectUnseen(wide ? utf16(text) : text, key);
        },
      ),
      { numRuns: 800 },
    );
  });

  test("nor are its last lines, nor what stands under the label of a public one", () => {
    for (const file of files) {
      const lines = bodyOf(file).trim().split("\n");
      if (lines.length > 3) expectUnseen(lines.slice(1).join("\n"), file);
      expectUnseen(file.replaceAll("PRIVATE", "PUBLIC"), file);
    }
  });

  test.each<[string, (bytes: Buffer) => unknown]>([
    ["a Buffer", (bytes) => bytes],
    ["a Buffer as it reaches a provider", (bytes) => Object.fromEntries(bytes.entries())],
    ["a Buffer in JSON", (bytes) => bytes.toJSON()],
    ["a typed array", (bytes) => new Uint16Array(bytes)],
    [
      "a typed array as it reaches a provider",
      (bytes) => Object.fromEntries(new Uint8Array(bytes).entries()),
    ],
  ])("nor as %s, which is told to be read as text", (_, shape) => {
    const [file = ""] = files;
    const { failures } = checkSshKey({}, { publicKey: shape(Buffer.from(file)) });
    expect(failures).toEqual([
      {
        property: "",
        reason: '`publicKey` must be a string, not a Buffer: read the file with `readFileSync(path, "utf8")`',
      },
    ]);
  });

  test.each<[string, (key: string) => unknown]>([
    ["a list of numbers", (key) => [...Buffer.from(key)]],
    ["a list of characters", (key) => Array.from(key)],
    ["a list of lines", (key) => key.split("\n")],
    ["an object", (key) => ({ key })],
    ["a name in an object", (key) => ({ [key]: true })],
    ["a Buffer within a list", (key) => [Object.fromEntries(Buffer.from(key).entries())]],
    ["an ArrayBuffer", (key) => new Uint8Array(Buffer.from(key)).buffer],
  ])("nor as %s", (_, shape) => {
    for (const file of files) {
      const { failures } = checkSshKey({}, { publicKey: shape(file) });
      expect(failures).toEqual([
        {
          property: expect.stringMatching(_ === "an ArrayBuffer" ? /^publicKey$/ : /^$/),
          reason: expect.stringMatching(/^`publicKey` must be a string, not (?:a list of \d+|an object)$/),
        },
      ]);
    }
  });

  test("and what is only as random as a key is not called one, so nobody replaces a public key for it", () => {
    const { message } = refusal(randomBytes(48).toString("base64"));
    expect(message).not.toMatch(/replace|private/);
    expect(message).toContain("does not begin with a key type");
  });
});

describe("a name or description", () => {
  const upTo = (length: number, form = "aB3dE5fG7hJ9kL1m".repeat(4)) => form.slice(0, length);
  test.each([
    `token wayscloud_pat_abc12_${"Canary0123456789".repeat(2)} of CI`,
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    Buffer.from("-----BEGIN OPENSSH PRIVATE KEY-----\nx").toString("base64"),
    `ghp_${upTo(36)}`,
    `github_pat_${upTo(22)}_${upTo(59)}`,
    `AWS AKIA${"ABCD1234".repeat(2)}`,
    `pul-${"0123456789abcdef".repeat(3).slice(0, 40)}`,
    `npm_${upTo(36)}`,
    `hf_${"abcdefghijKLMNOPQRST".repeat(2).slice(0, 34)}`,
    `sk_live_${upTo(24)}`,
    `rk_live_${upTo(24)}`,
    `whsec_${upTo(32)}`,
    `glpat-${upTo(20)}`,
    `sk-ant-api03-${upTo(20)}`,
    `sk-proj-${upTo(20)}`,
    `AIza${upTo(35)}`,
    `dop_v1_${"0123456789abcdef".repeat(4)}`,
    `pypi-AgEIcHlwaS5vcmcCJDU5ZmYxYjZi`,
    `xoxb-123456789012-${upTo(24)}`,
    `https://hooks.slack.com/services/T00000000/B00000000/${upTo(24)}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${upTo(43)}`,
    "https://user:hunter2pass@example.com/",
    `https://deploy:ghp_${upTo(36)}@github.com/org/repo`,
    "the secret part of a WAYSCloud key: qQC73gZQpUpHpZe87DDJcqE0sjswJffjdawE",
    "org/team/project/environment/qQC73gZQpUpHpZe87DDJcqE0sjswJffjdawE",
    "key=jqB5yCvl6mI0pYxkOJ4+2rJ/dT8WqLz1nHhUe9sXo7A=",
    "jqB5yCvl6mI0pYxkOJ4-2rJ_dT8WqLz1nHhUe9sXo7A",
    `way\u200bscloud_pat_abc12_${"Canary0123456789".repeat(2)}`,
    " ".repeat(65_537),
  ])("holds a key: %j", (text) => expect(quotesSecret(text)).toBe(true));

  test.each([
    "pulumi shop/prod/deploy #1a2b3c4",
    "CI of github.com/Organization7/infrastructure-live/tree/main/modules/Account-2026",
    "https://github.com/Organization7/infrastructure/actions/runs/123456789012",
    "https://host.example:8443/a@b",
    "deployed from 3f786850e387550fdab836ed7e6dc881de23001b",
    "image sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "replaces the private key of Alice",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "wayscloud_prod_deploy",
    "npm_publish_token_for_the_release_of_this",
    "K8s prod EU1 (AZ1, AZ2, AZ3), DB2 PG16 R5.2xlarge, Q1 Q2 Q3 Q4 2026",
    "K8s-Prod1-EUWest1-DbKey2-TeamA-Rotating30d",
    "a sentence of ordinary words that is rather long and has no key in it at all 2024",
    "arn:aws:iam::123456789012:role/Deployment-Production-EuropeNorth1-Administrators",
    "used by arn:aws:iam::123456789012:role/GitHubActionsDeployRole-Prod2024A1B2",
    "my-Service-Prod-2024-EU-West-1-Team-A-Deploy-Key-V2-Final",
    "ThisIsMyVeryLongCamelCaseDescription2024WithNumbers1And2And3",
    "z1".repeat(30),
    "Z1".repeat(30),
    "zZ".repeat(30),
    "qQC73gZQpUpHpZe87DDJcqE0sjswJffjdaw",
    `${ed.line} ops@example`,
    `${rsa.line} ops@example`,
    parsePublicKey(ed.line).fingerprint,
    "Größe 日本 🎉",
  ])("holds none: %j", (text) => expect(quotesSecret(text)).toBe(false));

  test("that the package generated may hold what looks like a key, but not what says that it is one", () => {
    const name = "pulumi shop/dev/qQC73gZQpUpHpZe87DDJcqE0sjswJffjdawE";
    expect([quotesSecret(name), quotesSecret(name, true)]).toEqual([true, false]);
    expect(quotesSecret(`pulumi shop/dev/ghp_${upTo(36)}`, true)).toBe(true);
    expect(quotesSecret(`pulumi shop/dev/wayscloud_pat_abc12_${upTo(36)}`, true)).toBe(true);
  });
});
