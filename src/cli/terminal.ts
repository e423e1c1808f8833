// What a command writes to and reads from: this process, or a test.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

/** Where a command writes and what it reads. */
export interface Terminal {
  out: (text: string) => void;
  err: (text: string) => void;
  /** The content of a file, `-` being standard input. */
  read: (file: string) => Promise<Uint8Array>;
  /** The line that the user answers; undefined if nobody is there to answer. */
  ask: ((question: string) => Promise<string>) | undefined;
  now: () => number;
}

/** This process. `end` waits until everything is written, and turns an exit code into the final one. */
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

/** Empty for the end of the input and for Ctrl-C. */
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

/** As a stream: reading the descriptor at once fails with EAGAIN where it is non-blocking and not ready. */
async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
