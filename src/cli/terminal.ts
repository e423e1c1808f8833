// The input and output of a command: those of this process, or a test's.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

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
      read: (file) => (file === "-" ? standardInput() : readFile(file)),
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

function written(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    try {
      stream.write(text, (error) => resolve(error ?? undefined));
    } catch (error) {
      resolve(error as NodeJS.ErrnoException);
    }
  });
}

/** The user's answer; empty at the end of the input and after Ctrl-C. */
function answerTo(question: string): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    let answer: string | undefined;
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => {
      if (answer === undefined) process.stdout.write("\n");
      resolve(answer ?? "");
    });
    lines.question(question, (line) => {
      answer = line;
      lines.close();
    });
  });
}

/**
 * Read as a stream: reading the descriptor directly fails with EAGAIN if it is non-blocking and not ready.
 */
async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
