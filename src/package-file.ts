// Files of the package that are read at run time. The plugin's bundle replaces this module: it has no folder beside it.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a file, by its path from the package's root, which is one folder above both src/ and dist/. */
export function packageFile(path: "package.json" | "plugin/schema.json"): string {
  return readFileSync(join(__dirname, "..", path), "utf8");
}
