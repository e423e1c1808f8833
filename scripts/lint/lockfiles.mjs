// Every entry of a lockfile has its checksum, so that nothing unverified is installed, and none has the address of a registry.
import { readdirSync, readFileSync } from "node:fs";
import { argv, stderr } from "node:process";
import { fileURLToPath } from "node:url";

/** What is wrong with a lockfile's text, one line each. */
export function lockfileProblems(text) {
  return Object.entries(JSON.parse(text).packages).flatMap(([name, { integrity, link, resolved }]) => {
    // The package itself, and links to folders of the repository.
    if (name === "" || link) return [];
    return [
      ...(integrity ? [] : [`${name} has no \`integrity\``]),
      ...(resolved ? [`${name} has an address in \`resolved\``] : []),
    ];
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const files = [
    "package-lock.json",
    ...readdirSync("scripts/tools").map((tool) => `scripts/tools/${tool}/package-lock.json`),
  ];
  const problems = files.flatMap((file) =>
    lockfileProblems(readFileSync(file, "utf8")).map((problem) => `${file}: ${problem}\n`),
  );
  stderr.write(problems.join(""));
  process.exitCode = problems.length > 0 ? 1 : 0;
}
