// The gate's own rules catch what they are for: an import against the layers, a file that grows too long, house dialect.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(__dirname, "../..");

/** What a module prints that gets this value as JSON. */
async function evaluate(script: string, value: object): Promise<string> {
  const args = ["--input-type=module", "-e", script, JSON.stringify(value)];
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
}

/** What eslint says of such a text in each of these files, by the rules named `ours/…` and `max-lines`. */
async function lint(files: Record<string, string>): Promise<Record<string, string[]>> {
  // In a process of its own, since the configuration is an ES module. The typed rules would need files that exist.
  const script = `
    import { ESLint } from "eslint";
    import config from "./eslint.config.mjs";
    const untyped = config.map(({ languageOptions, rules = {}, ...rest }) => ({
      ...rest,
      ...(languageOptions?.parser ? { languageOptions: { parser: languageOptions.parser } } : {}),
      rules: Object.fromEntries(Object.entries(rules).filter(([name]) => /^(ours\\/|max-lines$)/.test(name))),
    }));
    const eslint = new ESLint({ overrideConfigFile: true, baseConfig: untyped });
    const said = {};
    for (const [filePath, text] of Object.entries(JSON.parse(process.argv[1])))
      said[filePath] = (await eslint.lintText(text, { filePath }))[0].messages;
    console.log(JSON.stringify(said));`;
  const said = JSON.parse(await evaluate(script, files)) as Record<string, { message: string }[]>;
  const messages = Object.entries(said).map(([file, each]) => [file, each.map(({ message }) => message)]);
  return Object.fromEntries(messages);
}

test("an import against the layers, a long file and house dialect are errors, and what is allowed is not", async () => {
  const said = await lint({
    "src/api/a.ts": `import "../lifecycle/run";\nimport * as pulumi from "@pulumi/pulumi";\nimport "../text/redact";\n`,
    "src/text/a.ts": `export type A = import("../api/client").B;\n`,
    "src/lifecycle/ssh-key/a.ts": `const late = (): unknown => require("../../hosts/resource-type");\nimport "../../api/client";\n`,
    "src/emulator/http/a.ts": `export * from "../../errors";\nexport * from "../options";\nexport * from "../account/a";\n`,
    "src/audit/a.ts": `void import("../data/lists");\n`,
    "src/hosts/dynamic/a.ts": `import "../resource-type";\nimport "../../resources/ssh-key";\n`,
    "src/attic/a.ts": `import "../errors";\n`,
    "src/text/long.ts": "export {};\n".repeat(301),
    "src/text/words.ts": `// It is told anew.\nexport const a = "there is no key, and this is no key";\n`,
  });
  expect(said).toEqual({
    "src/api/a.ts": [
      "src/api must not import src/lifecycle, only values, errors, version, text",
      "src/api must do without @pulumi/pulumi",
    ],
    "src/text/a.ts": ["src/text must not import src/api, only values, errors, version"],
    "src/lifecycle/ssh-key/a.ts": [
      "src/lifecycle must not import src/hosts, only values, errors, version, text, fields, api, judge, config",
    ],
    "src/emulator/http/a.ts": [
      "src/emulator must not import src/errors, only itself",
      "src/emulator/http must not import src/emulator/options, only check, account, http",
    ],
    "src/audit/a.ts": [
      "src/audit must not import src/data, only values, errors, version, text, fields, api, judge, lifecycle",
    ],
    "src/hosts/dynamic/a.ts": [
      "src/hosts must not import src/resources, only values, errors, version, package-file, supported-node, text, fields, api, queries, settings, config, lifecycle",
    ],
    "src/attic/a.ts": ["scripts/lint/layers.mjs does not say what src/attic may import"],
    "src/text/long.ts": ["File has too many lines (301). Maximum allowed is 300."],
    "src/text/words.ts": [
      '"told" is house dialect; write: say, report, show',
      '"anew" is house dialect; write: again',
      '"is no key" is house dialect; write: is not a …',
    ],
  });
});

test("a lockfile's entry without a checksum, or with the address of a registry, is an error", async () => {
  const packages = {
    "": {},
    "node_modules/good": { integrity: "sha512-x" },
    "node_modules/local": { link: true },
    "node_modules/bad": { resolved: "https://registry.example/bad.tgz" },
  };
  const script = `import { lockfileProblems } from "./scripts/lint/lockfiles.mjs";
    console.log(lockfileProblems(process.argv[1]).join("; "));`;
  expect(await evaluate(script, { packages })).toBe(
    "node_modules/bad has no `integrity`; node_modules/bad has an address in `resolved`\n",
  );
});
