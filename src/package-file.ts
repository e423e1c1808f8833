// Reads files of the package at run time. The plugin's bundle, which has no such files, replaces this module.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a file. `path` is relative to the package's root, one folder above both src/ and dist/. */
export function packageFile(path: "package.json" | "plugin/schema.json"): string {
  return readFileSync(join(__dirname, "..", path), "utf8");
}
