// Run by run-typescript.js: the emulator's command in a process of its own, with real streams and signals.
import { runEmulatorCommand } from "../../src/emulator/command";

void runEmulatorCommand(process.argv.slice(3)).then((status) => {
  process.exitCode = status;
});
