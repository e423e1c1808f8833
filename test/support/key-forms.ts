// Keys of every algorithm, and the forms and wrappings in which keys reach people; generated, so that no real key is kept here.
import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** Length-prefixed fields, as SSH writes them (RFC 4251 §5). */
function wire(...fields: (Buffer | string)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(field));
      return [length, Buffer.from(field)];
    }),
  );
}

const mpint = (value: string): Buffer => Buffer.concat([Buffer.from([0]), Buffer.from(value, "base64url")]);

export interface KeyPair {
  type: string;
  /** `type base64` */
  line: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

export function rsaPair(modulusLength = 2048): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength });
  const { n = "" } = publicKey.export({ format: "jwk" });
  return pair("ssh-rsa", [Buffer.from([1, 0, 1]), mpint(n)], publicKey, privateKey);
}

export function ed25519Pair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return pair("ssh-ed25519", [Buffer.from(x, "base64url")], publicKey, privateKey);
}

export function ecdsaPair(bits: 256 | 384 | 521): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: `P-${bits}` });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return pair(`ecdsa-sha2-nistp${bits}`, [`nistp${bits}`, point], publicKey, privateKey);
}

function pair(
  type: string,
  fields: (Buffer | string)[],
  publicKey: KeyObject,
  privateKey: KeyObject,
): KeyPair {
  return { type, line: `${type} ${wire(type, ...fields).toString("base64")}`, publicKey, privateKey };
}

/** Cut into lines of this width. */
export function wrap(text: string, width: number, end = "\n"): string {
  return (text.match(new RegExp(`.{1,${width}}`, "gs")) ?? []).join(end);
}

/** RFC 4716, as `ssh-keygen -e` and PuTTYgen write it. */
export function rfc4716(line: string, width = 70): string {
  const [, material = ""] = line.split(" ");
  return `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "3072-bit RSA, by ops@example"\n${wrap(material, width)}\n---- END SSH2 PUBLIC KEY ----\n`;
}

/** What an editor or a shell of Windows saves as "Unicode", read as UTF-8. */
export function utf16(text: string): string {
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]).toString("utf8");
}

/** An OpenSSH private key file; with a cipher its second half is random, as an encrypted one looks. */
export function openSshPrivate(keys: KeyPair, encrypted: boolean): string {
  const blob = Buffer.from(keys.line.split(" ")[1] ?? "", "base64");
  const secret = keys.privateKey.export({ type: "pkcs8", format: "der" });
  const count = Buffer.from([0, 0, 0, 1]);
  const head = encrypted
    ? wire("aes256-ctr", "bcrypt", Buffer.concat([wire(secret.subarray(-16)), Buffer.from([0, 0, 0, 16])]))
    : wire("none", "none", "");
  const body = Buffer.concat([Buffer.from("openssh-key-v1\0"), head, count, wire(blob, secret)]);
  return pem("OPENSSH PRIVATE KEY", body);
}

function pem(label: string, body: Buffer): string {
  return `-----BEGIN ${label}-----\n${wrap(body.toString("base64"), 70)}\n-----END ${label}-----\n`;
}

/** Every PEM and OpenSSH form of a private key that Node and OpenSSH write. */
export function privateForms(keys: KeyPair): Record<string, string> {
  const { privateKey } = keys;
  const pemOf = (type: "pkcs1" | "pkcs8" | "sec1", passphrase?: string): string =>
    privateKey
      .export({
        type,
        format: "pem",
        ...(passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase }),
      })
      .toString();
  return {
    "PKCS#8": pemOf("pkcs8"),
    "PKCS#8, encrypted": pemOf("pkcs8", "p"),
    ...(keys.type === "ssh-rsa"
      ? { "PKCS#1": pemOf("pkcs1"), "PKCS#1, encrypted": pemOf("pkcs1", "p") }
      : {}),
    ...(keys.type.startsWith("ecdsa") ? { SEC1: pemOf("sec1"), "SEC1, encrypted": pemOf("sec1", "p") } : {}),
    OpenSSH: openSshPrivate(keys, false),
    "OpenSSH, encrypted": openSshPrivate(keys, true),
  };
}
