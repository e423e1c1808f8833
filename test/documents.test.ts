// The documents agree with the tree: links lead somewhere, commands and options exist, and quoted messages are those that the code prints.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { run } from "../src/cli/command-line";
import { keysOf, SETTINGS } from "../src/settings";
import { blocksIn, documentNames, readDocument } from "./support/documents";

const ROOT = join(__dirname, "..");
/** The anchors of a document, as GitHub names them. */
const anchorsOf = (document: string): string[] =>
  [...readDocument(document).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replace(/ /g, "-"),
  );

const DOCUMENTS = ["CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", ...documentNames()];
test.each(DOCUMENTS)("every link of %s leads to a file, and to a heading in it", (document) => {
  const links = [...readDocument(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  const dead = links
    .map(([, path, anchor]) => ({
      target: path === "" ? document : normalize(join(dirname(document), path!)),
      anchor,
    }))
    .filter(
      ({ target, anchor }) =>
        !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
    );
  expect(dead).toEqual([]);
});

test("every file and folder that ARCHITECTURE.md and CONTRIBUTING.md name is there", () => {
  const files = everyFile();
  const named = ["ARCHITECTURE.md", "CONTRIBUTING.md"].flatMap((document) =>
    [...readDocument(document).matchAll(/`([\w./-]+(?:\.(?:ts|mjs|js|md)|\/))(?=[`:])/g)].map(
      ([, path]) => path!,
    ),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !files.some((path) => `/${path}`.includes(`/${name}`)))).toEqual([]);
});

/** The paths of what is kept in the repository, relative to its root. */
function everyFile(folder = ""): string[] {
  const generated = ["node_modules", "dist", "reports", ".git"];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !generated.includes(name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? everyFile(path) : [path];
    });
}

/** Printed by Node.js or the engine. */
const NOT_OURS = [
  /^Cannot find module/,
  /^code must be a string/,
  /^Cannot read properties/,
  /^failed to get schema/,
  /^Unknown file extension/,
  /^exports is not defined/,
  /^error reading from server/,
  /^Could not automatically download/,
];

test("the messages that docs/troubleshooting.md quotes are in the source, word for word", () => {
  // Concatenated literals become one, escapes plain, values a `…`.
  const code = everyFile("src")
    .map(readDocument)
    .join("\n")
    .replace(/["`]\s*\+\s*["`]/g, "")
    .replace(/\\([`"])/g, "$1")
    .replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "…");
  const quoted = blocksIn("text", ["docs/troubleshooting.md"]).flatMap(({ text }) => text.trim().split("\n"));
  expect(quoted.length).toBeGreaterThan(20);
  const missing = quoted
    .filter((line) => !NOT_OURS.some((pattern) => pattern.test(line)))
    // A status and its name vary too.
    .flatMap((line) => line.split(/…|\d{3} \(\w+\)|\(\d{3}\)/))
    .map((part) => part.replace(/^[\s.(),:]+|[\s.(),:]+$/g, ""))
    .filter((part) => part !== "" && !code.includes(part));
  expect(missing).toEqual([]);
});

test("the commands of the documents exist, with their options", async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const commands = blocksIn("sh").map(({ text }) => text);
  for (const [, name] of commands.join("\n").matchAll(/npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty([name!]);
  const ours = commands.join("\n").matchAll(/pulumi-wayscloud (\w+)\b([^|#\n]*)/g);
  for (const [, command, options] of ours) {
    const help = await helpOf(command!);
    for (const [option] of options!.matchAll(/--[a-z-]+/g)) expect(help).toContain(option);
  }
});

async function helpOf(command: string): Promise<string> {
  let help = "";
  const fail = (what: string) => Promise.reject(new Error(what));
  const stopped = () => Promise.resolve();
  const terminal = { err: () => undefined, read: fail, ask: undefined, now: Date.now, stopped };
  await run([command, "--help"], { ...terminal, out: (text) => (help += text) });
  return help;
}

test("docs/fault-table.md has every fault from 1 to 51, and the plugin runs the rows of both hosts", () => {
  const table = readDocument("docs/fault-table.md");
  const rows = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row));
  expect([...new Set(rows)].sort((a, b) => a - b)).toEqual(Array.from({ length: 51 }, (_, at) => at + 1));
  const all =
    "process.env.TEST_ALL = 'yes'; console.log(JSON.stringify(require('./jest.config.js').projects))";
  const projects = execFileSync(process.execPath, ["-e", all], { cwd: ROOT, encoding: "utf8" });
  const rings = JSON.parse(projects) as { displayName: string; testMatch: string[] }[];
  const { testMatch } = rings.find(({ displayName }) => displayName === "plugin")!;
  expect(testMatch).toEqual(["<rootDir>/test/provider-process/fault-table/**/*.test.ts"]);
});

test("no text asks for a name in the official provider's namespace that makes it refuse to start", () => {
  const vendors = Object.values(SETTINGS).flatMap(({ vendor }) => vendor);
  const texts = everyFile().filter((path) =>
    /^(README|SECURITY|Pulumi\.yaml|docs|examples|src)\b/.test(path),
  );
  const others = texts.flatMap((path) =>
    [...readDocument(path).matchAll(/.*(?<![\w/-])wayscloud:(?!index\b|:)([a-z]\w*).*/g)]
      .filter(([, name]) => !vendors.includes(name!))
      .map(([line]) => `${path}: ${line.trim()}`),
  );
  expect(others).toEqual([
    "docs/installation-configuration.md: package asked for `wayscloud:customerId`: it still counts, with a warning, but the official provider fails. Move it:",
    "docs/installation-configuration.md: pulumi config rm wayscloud:customerId",
    'src/settings.ts: export const CUSTOMER_ID = "wayscloud:customerId";',
  ]);
});

test("the documents' table of settings is the one that the code reads", () => {
  const [, section = ""] = readDocument("docs/installation-configuration.md").split(
    "## Configuration reference",
  );
  const rows = Object.values(SETTINGS).map((setting, index) => {
    const row = section.match(/^\| .*$/gm)![index + 1]!;
    const names = [...row.matchAll(/`(wayscloud\S*?:\w+|WAYSCLOUD_\w+)`/g)].map(([, name]) => name);
    return [names, [...keysOf({ ...setting, former: [] }), ...setting.variables]];
  });
  for (const [names, expected] of rows) expect(names).toEqual(expected);
});

test("CI runs what the documents say", () => {
  expect(readDocument("README.md")).toContain("npm ci && npm test");
  expect(readFileSync(join(ROOT, ".ci", "run"), "utf8")).toMatch(/^npm ci$[^]*\btest:all\b/m);
});
