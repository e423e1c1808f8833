// What a release knows and the repository does not: node scripts/release/prepare.mjs <owner>/<name>. Documents alone: --documents.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { projectFolder } from "../lib/process.mjs";

const manifestFile = join(projectFolder, "package.json");
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
const write = (file, content) => writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);

const repository = argv[2] ?? "";
if (repository !== "--documents") {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    process.stderr.write("Usage: node scripts/release/prepare.mjs <owner>/<name> | --documents\n");
    process.exit(1);
  }
  const url = `https://github.com/${repository}`;
  write(manifestFile, {
    ...manifest,
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
    repository: { type: "git", url: `git+${url}.git` },
  });
}
for (const file of documents()) writeFileSync(file, published(readFileSync(file, "utf8")));
for (const file of exampleManifests()) {
  const example = JSON.parse(readFileSync(file, "utf8"));
  example.dependencies[manifest.name] = `^${manifest.version}`;
  write(file, example);
}

/** A document that installs the package by its name instead of from the file that `npm pack` wrote in a clone. */
function published(text) {
  return text
    .replace(/<!-- until published -->[^]*?<!-- end -->\s?/g, "")
    .replace(/^npm ci && npm pack\b.*\n/gm, "")
    .replaceAll(`<clone>/${manifest.name}-${manifest.version}.tgz`, manifest.name);
}

function documents() {
  const markdown = (folder) =>
    readdirSync(join(projectFolder, folder)).flatMap((name) => {
      const path = join(folder, name);
      if (name === "node_modules") return [];
      if (statSync(join(projectFolder, path)).isDirectory()) return markdown(path);
      return name.endsWith(".md") ? [join(projectFolder, path)] : [];
    });
  return [join(projectFolder, "README.md"), ...markdown("docs"), ...markdown("examples")];
}

/** Those of the examples that import the package. */
function exampleManifests() {
  const examples = join(projectFolder, "examples");
  return readdirSync(examples)
    .map((name) => ({ folder: join(examples, name), manifest: join(examples, name, "package.json") }))
    .filter(({ folder, manifest }) => existsSync(manifest) && importsPackage(folder))
    .map(({ manifest }) => manifest);
}

function importsPackage(folder) {
  return readdirSync(folder).some(
    (name) => name.endsWith(".ts") && readFileSync(join(folder, name), "utf8").includes(`"${manifest.name}`),
  );
}
