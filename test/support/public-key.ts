// Public keys for tests: as many as are asked for, the same in every run.
import { createHash } from "node:crypto";

/** Length-prefixed fields, as SSH writes them (RFC 4251 §5). */
export function wire(...fields: (Buffer | string)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(field));
      return [length, Buffer.from(field)];
    }),
  );
}

/** An Ed25519 public key in OpenSSH's form, without a comment; another one for every number. */
export function publicKey(which: number | string): string {
  const bytes = createHash("sha256").update(`test key ${which}`).digest();
  return `ssh-ed25519 ${wire("ssh-ed25519", bytes).toString("base64")}`;
}
