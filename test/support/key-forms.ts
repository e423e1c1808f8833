// Keys of every algorithm, and the forms and wrappings in which keys reach people; generated, so that no real key is kept here.
import { createHash, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";

import fc from "fast-check";

import { checkSshKey } from "../../src/lifecycle/ssh-key/inputs";
import { parsePublicKey, PublicKeyError } from "../../src/lifecycle/ssh-key/public-key";
import { wire } from "./public-key";

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
  return { type, line: keyLine(type, ...fields), publicKey, privateKey };
}

/** `type base64` of a public key with these fields. */
export function keyLine(type: string, ...fields: (Buffer | string)[]): string {
  return `${type} ${wire(type, ...fields).toString("base64")}`;
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

/** A PuTTY file of this key. */
function putty(keys: KeyPair): string {
  const lines = [
    `PuTTY-User-Key-File-3: ${keys.type}\r\nEncryption: none\r\nComment: user@workstation\r\nPublic-Lines: 2`,
    wrap(keys.line.split(" ")[1] ?? "", 64, "\r\n"),
    `Private-Lines: 1\r\n${wire(asRandom(keys.line)).toString("base64")}`,
    `Private-MAC: ${asRandom(keys.type).toString("hex")}\r\n`,
  ];
  return lines.join("\r\n");
}

/** As random as a key, and the same in every run. */
export function asRandom(seed: string, bytes = 32): Buffer {
  return createHash("shake256", { outputLength: bytes }).update(seed).digest();
}

/** Every form of a private key that Node, OpenSSH and PuTTY write. */
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
    PuTTY: putty(keys),
  };
}

/** Why this is refused as a public key. */
export function refusal(text: string): PublicKeyError {
  try {
    parsePublicKey(text);
  } catch (error) {
    if (error instanceof PublicKeyError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

/**
 * Refused, and nothing that comes out of it shows eight characters in a row of the key. The engine prints the value of
 * the property that a failure names, and its reason.
 */
export function expectUnseen(publicKey: unknown, key = String(publicKey)): void {
  const { inputs, failures } = checkSshKey({}, { publicKey });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining("`publicKey`") }]);
  const { message, stack = "" } = typeof publicKey === "string" ? refusal(publicKey) : new Error();
  const shown = JSON.stringify([inputs, failures, message, stack]);
  const parts = (key.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []).flatMap((run) => run.match(/.{8}/g) ?? []);
  expect(parts.filter((part) => shown.includes(part))).toEqual([]);
}

/** Keys of every algorithm. */
export const pairs = [
  rsaPair(),
  rsaPair(3072),
  ed25519Pair(),
  ed25519Pair(),
  ecdsaPair(256),
  ecdsaPair(384),
  ecdsaPair(521),
] as const;
export const pkcs1 = pairs[0].publicKey.export({ type: "pkcs1", format: "pem" }).toString();

/** A public key as PKCS#8. */
export function spki({ publicKey }: KeyPair): string {
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

/** A file without its labels and headers. */
export function bodyOf(file: string): string {
  return file
    .split(/\r?\n/)
    .filter((line) => !/-----|: /.test(line))
    .join("\n");
}

/** How lines end where a key is wrapped, and how long they are. */
export const ends = fc.constantFrom("\n", "\r\n", "\r", "\n    ", "\\n", "\n> ", '"\n"', " ");
export const widths = fc.integer({ min: 8, max: 120 });
