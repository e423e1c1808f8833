// X.509 certificates for tests, made when they are needed, so that no key lies in the repository and none ever expires.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** One DER value (X.690): tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));
const nameOf = (text: string) => sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(text)))));
const time = (date: Date) => der(0x18, Buffer.from(date.toISOString().replaceAll(/[-:T]|\.\d+/g, "")));

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${bytes
    .toString("base64")
    .replaceAll(/(.{64})/g, "$1\n")
    .trim()}\n-----END ${label}-----\n`;
}

const DAY = 86_400_000;

export interface Certificate {
  /** The certificate as PEM. */
  cert: string;
  /** Its private key as PEM. */
  key: string;
}

interface Authority extends Certificate {
  /** A certificate for these DNS names and IPv4 addresses, valid until so many days from now. */
  issue(names: string[], days?: number): Certificate;
}

/** A new authority of its own, which nothing trusts. */
export function newAuthority(): Authority {
  const commonName = `Test authority ${randomBytes(4).toString("hex")}`;
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const make = (subject: string, publicKey: KeyObject, days: number, extensions: Buffer[]): string => {
    const body = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ECDSA_WITH_SHA256,
      nameOf(commonName),
      sequence(time(new Date(Date.now() - 30 * DAY)), time(new Date(Date.now() + days * DAY))),
      nameOf(subject),
      publicKey.export({ type: "spki", format: "der" }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign("sha256", body, authority.privateKey);
    return pem("CERTIFICATE", sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature)));
  };
  const keyId = createHash("sha1")
    .update(authority.publicKey.export({ type: "spki", format: "der" }))
    .digest();
  const textOf = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
  return {
    cert: make(commonName, authority.publicKey, 30, [
      extension("551d13", true, sequence(der(0x01, Buffer.from([0xff])))),
      extension("551d0f", true, der(0x03, Buffer.from([1, 0b0000_0110]))),
      extension("551d0e", false, der(0x04, keyId)),
    ]),
    key: textOf(authority.privateKey),
    issue(names, days = 30) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const alternatives = names.map((name) =>
        /^[\d.]+$/.test(name)
          ? der(0x87, Buffer.from(name.split(".").map(Number)))
          : der(0x82, Buffer.from(name)),
      );
      const cert = make(names[0] ?? "nobody", publicKey, days, [
        extension("551d11", false, sequence(...alternatives)),
        extension("551d23", false, sequence(der(0x80, keyId))),
      ]);
      return { cert, key: textOf(privateKey) };
    },
  };
}
