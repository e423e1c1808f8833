// Brings one folder to the content of another without a moment in which a file that belongs in it is missing or half written.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Moves each file of `from` that differs into `to`, on the same file system, and then removes what `from` does not have. */
export function mirror(from, to) {
  mkdirSync(to, { recursive: true });
  const wanted = readdirSync(from, { withFileTypes: true });
  for (const entry of wanted) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (existsSync(target) && statSync(target).isDirectory() !== entry.isDirectory()) {
      rmSync(target, { recursive: true });
    }
    if (entry.isDirectory()) {
      mirror(source, target);
    } else if (!existsSync(target) || !readFileSync(source).equals(readFileSync(target))) {
      renameSync(source, target);
    }
  }
  const names = new Set(wanted.map(({ name }) => name));
  for (const name of readdirSync(to).filter((each) => !names.has(each))) {
    rmSync(join(to, name), { recursive: true, force: true });
  }
}
