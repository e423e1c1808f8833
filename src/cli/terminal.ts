// What a command writes to and reads from: this process, or a test.
import { readFile } from "node:fs/promises";

/** Where a command writes and what it reads. */
export interface Terminal {
  out: (text: string) => void;
  err: (text: string) => void;
  /** The content of a file, `-` being standard input. */
  read: (file: string) => Promise<Uint8Array>;
  now: () => number;
}

/** This process. */
export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  read: (file) => (file === "-" ? standardInput() : readFile(file)),
  now: () => Date.now(),
};

/** As a stream: reading the descriptor at once fails with EAGAIN where it is non-blocking and not ready. */
async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
