// The version in package.json, for the User-Agent and the commands. The plugin's bundle replaces this file: it has no package.json beside it.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version in package.json, which lies one folder above both src/ and dist/. */
export const version = (
  JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as { version: string }
).version;
