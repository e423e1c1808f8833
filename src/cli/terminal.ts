// The input and output of a command: those of this process, or a test's.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";

/** Where a command writes and what it reads. */
export interface Terminal {
  out: (text: string) => void;
  err: (text: string) => void;
  /** The content of a file, `-` being standard input. */
  read: (file: string) => Promise<Uint8Array>;
  /** Asks the user for a line; undefined without a terminal. */
  ask: ((question: string) => Promise<string>) | undefined;
  now: () => number;
}

/** The terminal of this process. `end` waits until everything is written, and returns the final exit code. */
export function openTerminal(): { terminal: Terminal; end: (code: number) => Promise<number> } {
  const { stdout, stderr, stdin } = process;
  const writing: Promise<NodeJS.ErrnoException | undefined>[] = [];
  // Each write reports its own failure.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const isInteractive = stdin.isTTY && stdout.isTTY;
  return {
    terminal: {
      out: (text) => void writing.push(written(stdout, text)),
      err: (text) => void written(stderr, text),
      read: (file) => (file === "-" ? buffer(process.stdin) : readFile(file)),
      ask: isInteractive ? answerTo : undefined,
      now: () => Date.now(),
    },
    async end(code) {
      // A reader that has read enough (`| head`) closes the pipe, which is not a failure.
      const failure = (await Promise.all(writing)).find((error) => error && error.code !== "EPIPE");
      if (!failure) return code;
      await written(
        stderr,
        `pulumi-wayscloud: the output cannot be written (${failure.code ?? "unknown error"}).\n`,
      );
      return 2;
    },
  };
}

/** The failure, if any. */
function written(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | undefined> {
  // Node.js 20 throws the failure of a write to a file.
  return new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    stream.write(text, (error) => resolve(error ?? undefined));
  }).catch((error: unknown) => error as NodeJS.ErrnoException);
}

/** The user's answer; empty at the end of the input and after Ctrl-C. */
async function answerTo(prompt: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt });
  lines.prompt();
  for await (const line of lines) {
    lines.close();
    return line;
  }
  process.stdout.write("\n");
  return "";
}
