#!/usr/bin/env node
// The bin `pulumi-wayscloud`.
import "../supported-node";
import { run } from "./command-line";
import { openTerminal } from "./terminal";

const { terminal, end } = openTerminal();
void run(process.argv.slice(2), terminal)
  .then(end)
  .then((code) => {
    process.exitCode = code;
  });
