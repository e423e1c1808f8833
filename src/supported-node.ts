// Ends the process with a message if Node.js is too old. Executables load it first, so it has no newer
// syntax.
import { writeSync } from "fs";

const found = process.versions.node;

if (parseInt(found, 10) < 20) {
  writeSync(
    2,
    "pulumi-wayscloud needs Node.js 20 or newer; " + process.execPath + " is Node.js " + found + ".\n",
  );
  process.exit(1);
}
