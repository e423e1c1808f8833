#!/usr/bin/env node
// The bin `pulumi-wayscloud`.
import { realTerminal, run } from "./command-line";

void run(process.argv.slice(2), realTerminal).then((code) => {
  process.exitCode = code;
});
