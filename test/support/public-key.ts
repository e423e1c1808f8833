// Public keys for tests: as many as are asked for, the same in every run.
import { createHash } from "node:crypto";

/** An Ed25519 public key in OpenSSH's form, without a comment; another one for every number. */
export function publicKey(which: number | string): string {
  const text = Buffer.from("ssh-ed25519");
  const bytes = createHash("sha256").update(`test key ${which}`).digest();
  const field = (content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  return `ssh-ed25519 ${Buffer.concat([field(text), field(bytes)]).toString("base64")}`;
}
