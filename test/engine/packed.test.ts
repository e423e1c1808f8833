// What was built and packed: every source file, and nothing else.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { userInstall } from "../support/install";

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

test("every source file has its place in the package, and nothing else is in it", () => {
  const sources = files(join(__dirname, "..", "..", "src"));
  const built = sources.flatMap((name) =>
    name.endsWith(".ts") ? [name.replace(/ts$/, "d.ts"), name.replace(/ts$/, "js")] : [name],
  );
  expect(sources.length).toBeGreaterThan(50);
  expect(files(join(userInstall(), "node_modules", "pulumi-wayscloud", "dist"))).toEqual(built.sort());
});
