// The input and output of a command: those of this process, or a test's.
import { once } from "node:events";
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
  /** Resolves when the process is asked to end, or its terminal was closed. */
  stopped: () => Promise<unknown>;
}

/** The terminal of this process. `end` waits until everything is written, and returns the final exit code. */
export function openTerminal(): { terminal: Terminal; end: (code: number) => Promise<number> } {
  const { stdout, stderr, stdin } = process;
  /** The first failure to write a result. */
  let failed: Promise<NodeJS.ErrnoException | undefined> = Promise.resolve(undefined);
  // Each write reports its own failure.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const isInteractive = stdin.isTTY && stdout.isTTY;
  return {
    terminal: {
      out: (text) => {
        const writing = written(stdout, text);
        failed = failed.then((failure) => failure ?? writing);
      },
      err: (text) => void written(stderr, text),
      read: (file) => (file === "-" ? buffer(process.stdin) : readFile(file)),
      ask: isInteractive ? answerTo : undefined,
      now: () => Date.now(),
      stopped: () => Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal))),
    },
    async end(code) {
      const failure = await failed;
      // A reader that has read enough (`| head`) closes the pipe, which is not a failure.
      if (!failure || failure.code === "EPIPE") return code;
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
