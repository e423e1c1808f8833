#!/usr/bin/env node
// The executable `wayscloud-emulator`; `pulumi-wayscloud emulator` is the same command.
import "../supported-node";
import { runEmulatorCommand } from "./command";

void runEmulatorCommand(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
