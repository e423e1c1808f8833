// Bodies too large to hold: blanks and then `{}`, so that a reader without a limit would take them for valid JSON.
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";

const BLOCK = 1 << 20;
const END = "{}";

function* plain(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(Math.min(BLOCK, bytes), " ");
  let left = bytes - END.length;
  for (; left > BLOCK; left -= BLOCK) yield block;
  yield Buffer.from(" ".repeat(left) + END);
}

function* zipped(bytes: number): Generator<Buffer> {
  // A gzip file may consist of several members (RFC 1952 §2.2): one is created and sent repeatedly, so that a
  // bomb of gigabytes costs the emulator next to nothing.
  let member: Buffer | undefined;
  for (const part of plain(bytes)) {
    if (part.length === BLOCK && part[BLOCK - 1] === 0x20) yield (member ??= gzipSync(part));
    else yield gzipSync(part);
  }
}

/** A stream of (or that unpacks to) so many bytes, at least 2. */
export function paddingStream(bytes: number, gzip: boolean): Readable {
  return Readable.from(gzip ? zipped(bytes) : plain(bytes), { objectMode: false });
}
