// Ends the process with a sentence where Node.js is too old. Each executable loads it first, so it must run there: no newer syntax.
import { writeSync } from "fs";

const found = process.versions.node;

if (parseInt(found, 10) < 20) {
  writeSync(
    2,
    "pulumi-wayscloud needs Node.js 20 or newer; " + process.execPath + " is Node.js " + found + ".\n",
  );
  process.exit(1);
}
