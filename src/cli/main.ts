#!/usr/bin/env node
// The bin `pulumi-wayscloud`.
import "../supported-node";
import { runEmulatorCommand } from "../emulator/command";
import { run } from "./command-line";
import { processTerminal } from "./terminal";

const [command, ...rest] = process.argv.slice(2);
// The emulator has options of its own, and runs until it is stopped.
const status =
  command === "emulator" ? runEmulatorCommand(rest) : run(process.argv.slice(2), processTerminal);
void status.then((code) => {
  process.exitCode = code;
});
