// src/text/pasted-secret.ts: a secret that was pasted where people see it is refused, never shown, and nothing harmless is called one.
import fc from "fast-check";
import { checkSshKey } from "../../src/lifecycle/ssh-key/inputs";
import { parsePublicKey } from "../../src/lifecycle/ssh-key/public-key";
import { looksSecret, quotesSecret } from "../../src/text/pasted-secret";
import { cpuTime } from "../support/fake-timing";
import {
  asRandom,
  bodyOf,
  ends,
  expectUnseen,
  pairs,
  pkcs1,
  privateForms,
  refusal,
  utf16,
  widths,
  wrap,
} from "../support/key-forms";

const [rsa, , ed] = pairs;
const forms = pairs.map(privateForms);
const files = forms.flatMap((each) => Object.values(each));
const jwk = JSON.stringify(ed.privateKey.export({ format: "jwk" }));
const WAYSCLOUD = `wayscloud_3mN8pQrStUvWxYz_${"AbCdEfGhIjKlMnOpQrStUvWxYz0123456789".repeat(2)}`;
const AGE = `AGE-SECRET-KEY-1${"Q2W3E4R5T6".repeat(6)}`;
const OTHERS: [string, string][] = [
  ["a JSON web key", jwk],
  ["a WAYSCloud key", WAYSCLOUD],
  ["SSH2", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n---- END SSH2 ENCRYPTED PRIVATE KEY ----"],
  ["SSH1", "SSH PRIVATE KEY FILE FORMAT 1.1\n"],
];
/** Small and capital letters and digits: as random as a text can look. */
const mixed = (length: number) => "aB3".repeat(20).slice(0, length);

describe("for a public key: a private key is never accepted nor shown", () => {
  const wrapping = fc.constantFrom<(text: string, width: number, end: string) => string>(
    (text) => text,
    (text) => `\n\n   ${text.trim()}`,
    bodyOf,
    (text, width, end) => wrap(bodyOf(text).replaceAll("\n", ""), width, end),
    (text) => text.replaceAll("\n", "\r\n"),
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

  test("in any wrapping", () => {
    const keys = fc.constantFrom(...files, ...OTHERS.map(([, secret]) => secret), AGE);
    fc.assert(
      fc.property(keys, wrapping, widths, ends, fc.boolean(), (key, wrapped, width, end, wide) => {
        const text = wrapped(key, width, end);
        expectUnseen(wide ? utf16(text) : text, key);
      }),
      { numRuns: 900 },
    );
  });

  test("nor are its last lines, nor what stands under the label of a public one", () => {
    for (const file of files) {
      const lines = bodyOf(file).trim().split("\n");
      if (lines.length > 3) expectUnseen(lines.slice(1).join("\n"), file);
      expectUnseen(file.replaceAll("PRIVATE", "PUBLIC"), file);
    }
  });

  test.each([
    ["forty characters of any key", mixed(40)],
    ["a key behind a stray sign", `=${mixed(60)}`],
    ["hex digits", asRandom("x").toString("hex")],
    ["a file that says so", "this is my_private_key"],
    ["a file that says so in one word", "this is my PrivateKey"],
    ["DER behind a type and two blanks", `ssh-rsa  MIIE${mixed(60)}`],
    ["a WAYSCloud token", "wayscloud_pat_abc12_CanaryCanary0123456789"],
    ["a WAYSCloud key in the comment of a key", `${ed.line} ${WAYSCLOUD}`],
    ["a variable", "PRIVATE_KEY=short, and more"],
    ["a service account", JSON.stringify({ private_key: "short" })],
    ["a private key in a comment", `${ed.line} -----BEGIN PRIVATE KEY----- x`],
  ])("nor is what may be one: %s", (_, secret) => expectUnseen(secret, secret.replace(ed.line, "")));

  const named = [...forms.flatMap((each) => Object.entries(each)), ...OTHERS];
  test.each(named)("as %s it is called what it is, however it is encoded or wrapped", (_, key) => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(key, "utf16le")]);
    const base64 = Buffer.from(key).toString("base64");
    const encoded = [wide.toString("utf8"), wide.toString("base64"), base64, wrap(base64, 76)];
    const within = [key.replaceAll("\n", "\\n"), JSON.stringify({ key: base64 }), `${ed.line} ${key}`];
    const called = expect.stringMatching(/^this is a private key or/);
    for (const form of [key, Buffer.from(key).toString("hex"), ...encoded, ...within])
      expect([form, refusal(form).message]).toEqual([form, called]);
  });

  const file = files[0]!;
  const bytes = Buffer.from(file);
  const asBuffer = 'a Buffer: read the file with `readFileSync(path, "utf8")`';
  test.each<[string, unknown, string]>([
    ["a Buffer", bytes, asBuffer],
    ["a Buffer as it reaches a provider", Object.fromEntries(bytes.entries()), asBuffer],
    ["a Buffer in JSON", bytes.toJSON(), asBuffer],
    ["a typed array", new Uint16Array(bytes), asBuffer],
    ["a list of numbers", [...bytes], `a list of ${bytes.length}`],
    ["a list of lines", file.split("\n"), `a list of ${file.split("\n").length}`],
    ["an object", { key: file }, "an object"],
    ["a name in an object", { [file]: true }, "an object"],
    ["a Buffer within a list", [Object.fromEntries(bytes.entries())], "a list of 1"],
  ])("nor as %s, for which the failure says what it is", (_, publicKey, shape) => {
    const reason = `\`publicKey\` must be a string, not ${shape}`;
    expect(checkSshKey({}, { publicKey }).failures).toEqual([{ property: "", reason }]);
  });

  test.each([
    "hello",
    "a sentence of ordinary words that is rather long and has no key in it at all 2024",
    "id_ed25519.pub",
    "https://example.com/a/rather/long/path/to/a/public/key/file.pub",
    mixed(39),
    "zZ".repeat(30),
    // What says by itself that it is public.
    pkcs1,
    // A comment is free, wherever the line begins.
    "ssh-dss AAAA my private key",
    "\n  ssh-dss AAAA my private key\n",
  ])("and nobody is told to replace %j", (harmless) => {
    expect(looksSecret(harmless)).toBe(false);
    expect(refusal(harmless).message).not.toContain("private key or another secret");
  });
});

describe("a name or description", () => {
  const upTo = (length: number, form = "aB3dE5fG7hJ9kL1m".repeat(4)) => form.slice(0, length);
  const TOKENS = { ghp_: 36, npm_: 36, sk_live_: 24, rk_live_: 24, whsec_: 32, "glpat-": 20, AIza: 35 };
  const LONGER = { "sk-ant-api03-": 20, "sk-proj-": 20, "xoxb-123456789012-": 24 };
  test.each([
    ...Object.entries({ ...TOKENS, ...LONGER }).map(([prefix, length]) => prefix + upTo(length)),
    `token wayscloud_pat_abc12_${"Canary0123456789".repeat(2)} of CI`,
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    Buffer.from("-----BEGIN OPENSSH PRIVATE KEY-----\nx").toString("base64"),
    `github_pat_${upTo(22)}_${upTo(59)}`,
    `AWS AKIA${"ABCD1234".repeat(2)}`,
    `pul-${"0123456789abcdef".repeat(3).slice(0, 40)}`,
    `hf_${"abcdefghijKLMNOPQRST".repeat(2).slice(0, 34)}`,
    `dop_v1_${"0123456789abcdef".repeat(4)}`,
    `pypi-AgEIcHlwaS5vcmcCJDU5ZmYxYjZi`,
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
    ...["z1", "Z1", "zZ"].map((each) => each.repeat(30)),
    "qQC73gZQpUpHpZe87DDJcqE0sjswJffjdaw",
    `${ed.line} ops@example`,
    `${rsa.line} ops@example`,
    parsePublicKey(ed.line).fingerprint,
    "Größe 日本 🎉",
  ])("holds none: %j", (text) => expect(quotesSecret(text)).toBe(false));

  test("of several 100 KB is judged at once", () => {
    const started = cpuTime();
    for (const unit of ["\\", " ", "a", "://"]) quotesSecret(unit.repeat(300_000));
    expect(cpuTime() - started).toBeLessThan(1_500);
  });

  test("that the package generated may hold what looks like a key, but not what says that it is one", () => {
    const name = "pulumi shop/dev/qQC73gZQpUpHpZe87DDJcqE0sjswJffjdawE";
    expect([quotesSecret(name), quotesSecret(name, true)]).toEqual([true, false]);
    expect(quotesSecret(`pulumi shop/dev/ghp_${upTo(36)}`, true)).toBe(true);
    expect(quotesSecret(`pulumi shop/dev/wayscloud_pat_abc12_${upTo(36)}`, true)).toBe(true);
  });
});
