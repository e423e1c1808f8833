// The modules of src/ can be read in an order: none imports itself by way of others, not even for a type alone.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const SRC = join(__dirname, "../../src");

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"));
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith(".")) return [];
    const path = join(file, "..", fileName);
    return [`${path}.ts`, join(path, "index.ts")].filter((each) => existsSync(each));
  });
}

/** The modules that are left when those that import no other module are taken away, again and again. */
function inCircles(imports: Map<string, string[]>): string[] {
  const left = new Map(imports);
  for (let before = 0; before !== left.size;) {
    before = left.size;
    for (const [file, others] of left) if (!others.some((other) => left.has(other))) left.delete(file);
  }
  return [...left.keys()];
}

test("imports: no module of src/ imports itself by way of others", () => {
  const names = readdirSync(SRC, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".ts"));
  const imports = new Map(files.map((name) => [join(SRC, name), importsOf(join(SRC, name))]));
  expect(imports.size).toBeGreaterThan(100);
  expect(inCircles(new Map(Object.entries({ a: ["b"], b: ["a"], c: [] })))).toEqual(["a", "b"]);
  // Who only imports a circle is named as well; the circle is among them.
  expect(inCircles(imports)).toEqual([]);
});
