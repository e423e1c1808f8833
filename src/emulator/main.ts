#!/usr/bin/env node
// The executable `wayscloud-emulator`: connects the command to this process.
import { run } from "./command-line";

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

void run(process.argv.slice(2), {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  untilStopped,
}).then((status) => {
  process.exitCode = status;
});
