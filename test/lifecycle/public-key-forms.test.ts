// src/lifecycle/ssh-key/public-key-forms.ts: a public key in another form is named, with the way to convert it, and never called private.
import { createHash, randomBytes } from "node:crypto";

import fc from "fast-check";

import { parsePublicKey, PublicKeyError } from "../../src/lifecycle/ssh-key/public-key";
import { looksSecret } from "../../src/text/pasted-secret";
import {
  asRandom,
  bodyOf,
  ends,
  pairs,
  pkcs1,
  refusal,
  rfc4716,
  spki,
  utf16,
  widths,
  wrap,
} from "../support/key-forms";
import type { KeyPair } from "../support/key-forms";

const [rsa, , ed, , ec] = pairs;
const materialOf = ({ line }: KeyPair) => line.split(" ")[1]!;
const base64 = (text: string) => Buffer.from(text).toString("base64");

const sha256 = `SHA256:${createHash("sha256").update("x").digest("base64").replace("=", "")}`;
const md5 = createHash("md5").update("x").digest("hex").match(/../g)!.join(":");
const block = (label: string) =>
  `-----BEGIN ${label}-----\n\n${wrap(asRandom("x", 900).toString("base64"), 64)}\n-----END ${label}-----\n`;
const hash = () => randomBytes(20).toString("base64");

const RFC4716 = /RFC 4716.*`ssh-keygen -i -f FILE`/;
const PEM = /PEM form; .*`ssh-keygen -i -m PKCS8 -f FILE`.*`-m PEM`.*`ssh-keygen -y -f PRIVATE-KEY-FILE`/;
const BASE64 =
  /does not begin with a key type\. Decode it .*write the type, such as `ssh-ed25519`, before it/;
const SEVERAL = /several lines.*Remove comment lines that begin with #, and join a key that was wrapped/;
const PATH = /path of a file.*pass the contents of the file.*readFileSync/;
const BEFORE = /a host, a name or options before the key type/;
const rows: [string, string, RegExp][] = [
  ["UTF-16 of PowerShell", utf16(`${ed.line} ops@example\r\n`), /UTF-16.*save the file as UTF-8/],
  ["UTF-16 without a byte order mark", Array.from(`${ed.line}\n`).join("\0"), /UTF-16/],
  ["RFC 4716 of RSA", rfc4716(rsa.line), RFC4716],
  ["RFC 4716 of Ed25519, with CRLF", rfc4716(ed.line).replaceAll("\n", "\r\n"), RFC4716],
  ["RFC 4716 in one line", rfc4716(rsa.line).replaceAll("\n", " "), RFC4716],
  ["RFC 4716 without its last lines", rfc4716(rsa.line).split("\n").slice(0, -2).join("\n"), RFC4716],
  ["the body of RFC 4716", rfc4716(rsa.line).split("\n").slice(2, -2).join("\n"), SEVERAL],
  ["PKCS#8", spki(rsa), PEM],
  ["PKCS#8 of ECDSA with CRLF", spki(ec).replaceAll("\n", "\r\n"), PEM],
  ["PKCS#1 in one line", pkcs1.replaceAll("\n", " "), PEM],
  ["PKCS#1 in an environment variable", pkcs1.replaceAll("\n", "\\n"), PEM],
  ["a certificate", block("CERTIFICATE"), /not an SSH key/],
  ["OpenPGP", block("PGP PUBLIC KEY BLOCK"), /not an SSH key/],
  ["the base64 alone", materialOf(rsa), BASE64],
  ["the body of PKCS#8 in one line", bodyOf(spki(rsa)).replaceAll("\n", ""), BASE64],
  ["base64 of the file", base64(`${rsa.line} ops@example\n`), BASE64],
  ["base64 of the file, wrapped", wrap(base64(`${rsa.line} ops@example\n`), 76), SEVERAL],
  ["quotes", `"${ed.line} ops@example"`, /in quotes; remove them/],
  ["typographic quotes", `“${rsa.line}”`, /in quotes/],
  ["a path at home", "~/.ssh/id_rsa.pub", PATH],
  ["the name of a file", "id_ed25519", PATH],
  ["the name of a file that is no public key", "server.pem", PATH],
  ["a path without an ending", "/builds/Team7/infrastructure/modules/ssh/Keys2026/deploy", PATH],
  ["a path of Windows", String.raw`C:\Users\Øyvind Deploy Team\.ssh\id_ed25519.pub`, PATH],
  ["a path with a random part", "/var/lib/jenkins/aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z/keys/id.pub", PATH],
  ["a path that speaks of private keys", "./keys/my_private_key", PATH],
  ["a path with a variable", "$HOME/.ssh/id_rsa.pub", PATH],
  ["a name of a file", "id_ed25519.pub", PATH],
  ["a text that begins like a path", "/AbCd+EfGh=secret", /does not begin with a key type; supported are/],
  ["a fingerprint", sha256, /it is a fingerprint, from which no key can be recovered/],
  ["a line of ssh-keygen -lf", `3072 ${sha256} ops@example (RSA)`, /fingerprint/],
  ["an MD5 fingerprint", md5, /fingerprint/],
  ["an MD5 fingerprint with its name", `MD5:${md5}`, /fingerprint/],
  ["a hashed host", `|1|${hash()}|${hash()} ${rsa.line}`, BEFORE],
  ["a host with a port", `[host.example]:2222 ${rsa.line}`, BEFORE],
  ["options", `restrict,from="10.0.0.0/8,192.0.2.7" ${rsa.line} c`, BEFORE],
  ["options with a quoted key type", `command="echo ssh-rsa" ${ed.line} c`, BEFORE],
  ["an assignment", `SSH_KEY="${ec.line}"`, BEFORE],
  ["several keys", pairs.map(({ line }) => line).join("\n"), /with 7 keys; declare one SshKey for each/],
  ["two keys with CR", `${ed.line}\r${rsa.line}`, /several lines with 2 keys/],
  ["authorized_keys", `# ops\n${rsa.line} a@b\n\nno-pty ${ed.line} c@d\n`, /several lines with 2 keys/],
  ["a comment line", `# ops\n${rsa.line} a@b\n`, SEVERAL],
  ["a no-break space", rsa.line.replace(" ", "\u00a0"), /unusual or invisible space \(U\+00A0\)/],
  ["a zero width space in the material", `${ed.line.slice(0, 40)}\u200b${ed.line.slice(40)}`, /U\+200B/],
  ["a soft hyphen before it", `\u00ad${ed.line}`, /U\+00AD/],
  ["an escape in its comment", `${ed.line} \u001b[31mred\u0007`, /control characters/],
  ["a reversed comment", `${ed.line} \u202egro.elpmaxe`, /control characters/],
  ["broken Unicode", `${ed.line} \ud800`, /broken Unicode/],
];
test.each(rows)("%s is named, with the way to convert it", (_, text, why) => {
  const { message } = refusal(text);
  expect(message).toMatch(why);
  expect(message).not.toMatch(/private key|replace the key|shown to anyone|[\p{Cc}\p{Cf}]/u);
  expect(message.length).toBeLessThan(300);
});

test("a public key is never called private, in whatever form it is wrapped", () => {
  const comment = fc.constantFrom("", " ops@example", " Alice's laptop 2026", " Ærlig 日本 🎉");
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
    ({ line }, words) => base64(line + words),
    ({ line }, words) => Buffer.from(line + words).toString("hex"),
    (keys) => Buffer.from(materialOf(keys), "base64").toString("hex"),
    (keys) => keys.publicKey.export({ type: "spki", format: "der" }).toString("hex"),
    ({ line }, words) => JSON.stringify({ key: line + words }),
    ({ line }) => `${line}\n${rsa.line}`,
  );
  const keys = fc.constantFrom(...pairs);
  fc.assert(
    fc.property(
      keys,
      form,
      comment,
      fc.option(widths),
      ends,
      fc.boolean(),
      (of, shape, words, width, end, wide) => {
        const text = shape(of, words);
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
