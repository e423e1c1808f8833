// The package schema: written from what the classes declare, committed, and what the provider's process answers.
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

import * as wayscloud from "../../src";
import * as native from "../../src/native";
import { resources } from "../support/engine-resources";
import { classes } from "../../src/fields/classes";
import { secretsAmong } from "../../src/fields/field";
import { PLUGIN } from "../../src/native/provider";
import { SETTINGS } from "../../src/settings";
import { version } from "../../src/version";
import { host } from "../support/plugin-host";

const root = join(__dirname, "../..");
const committed = JSON.parse(readFileSync(join(root, "plugin/schema.json"), "utf8"));
const classNames = Object.keys(resources);
const of = (name: string): any => committed.resources[`wayscloud-account:index:${name}`];
const secretsIn = (fields: Record<string, { secret?: boolean }>): string[] =>
  Object.keys(fields).filter((name) => fields[name]!.secret);

function check(folder: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(folder, "scripts/schema.mjs"), "--check"], { encoding: "utf8" });
}

test("the committed schema is what the classes declare (if not: npm run schema)", () => {
  expect(check(root)).toMatchObject({ status: 0, stderr: "" });
});

test("a comment that a tool would cut, a field without one, and an outdated schema are errors that say so", () => {
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    for (const name of ["src", "scripts", "plugin", "package.json", "tsconfig.json", ".prettierrc.json"])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    const file = join(folder, "src/resources/key-args.ts");
    const text = readFileSync(file, "utf8");
    const checked = (changed: string): string => {
      expect(changed).not.toBe(text);
      writeFileSync(file, changed);
      const { status, stderr } = check(folder);
      expect(status).toBe(1);
      return stderr;
    };
    const [cut, missing, ...others] = checked(
      text.replace("`@pulumi/random`", "@pulumi/random").replace("/** Its id, as", "/* Its id, as"),
    ).split("\n");
    expect(cut).toMatch(
      /^src\/resources\/key-args\.ts:\d+: @pulumi would cut its comment off: put names with an @ in backticks$/,
    );
    expect(missing).toBe('ExistingKey.id has no description, or one that does not end: ""');
    expect(others).toEqual([""]);
    expect(checked(text.replace("shown at its creation", "shown once"))).toBe(
      "plugin/schema.json is not what the classes declare. Run `npm run schema`.\n",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the process answers the committed schema with its version, and neither names an address that the project may not own", async () => {
  expect(await host.schema()).toEqual({ ...committed, version });
  expect(PLUGIN).toEqual({ version });
  const { repository, homepage, bugs } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect({ repository, homepage, bugs }).toEqual({});
  expect(JSON.stringify(committed)).not.toMatch(/github\.com/);
});

test("it has every resource of the hosts, and the state of the dynamic class moves over to each", () => {
  expect(Object.keys(committed.resources).map((token) => token.split(":").at(-1))).toEqual(classNames);
  for (const name of classNames)
    expect(of(name).aliases).toEqual([{ type: `pulumi-nodejs:dynamic/wayscloud:${name}` }]);
});

test("what a program imports of the package it can import of the plugin's classes, and what asks a host asks the plugin", () => {
  expect(Object.keys(native).sort()).toEqual(Object.keys(wayscloud).sort());
  const functions = Object.keys(wayscloud).filter((name) => name.startsWith("get"));
  const own = Object.entries(native).filter(([name, value]) => value !== Reflect.get(wayscloud, name));
  expect(own.map(([name]) => name).sort()).toEqual(["Provider", ...classNames, ...functions].sort());
});

test("the tables of fields name the inputs, outputs and secrets that the classes declare", () => {
  const facts = (all: object): unknown => Object.keys(all).sort();
  for (const [name, { inputs, outputs }] of Object.entries(classes)) {
    const { inputProperties, properties } = of(name);
    expect([name, facts(inputs), facts(outputs)]).toEqual([name, facts(inputProperties), facts(properties)]);
    expect([inputs, outputs].map(secretsAmong)).toEqual([inputProperties, properties].map(secretsIn));
  }
});

test("keys are secret, in outputs and inputs, and nothing else is", () => {
  for (const name of classNames) {
    const { properties, inputProperties } = of(name);
    const keys = ["key", "previousKey"].filter((key) => key in properties);
    expect(secretsIn(properties)).toEqual(keys);
    expect(secretsIn(inputProperties)).toEqual("existing" in inputProperties ? ["existing"] : []);
  }
  expect(secretsIn(committed.types["wayscloud-account:index:ExistingKey"].properties)).toEqual(["key"]);
});

test("`service` is one of the services, each with a member of its own", () => {
  const $ref = "#/types/wayscloud-account:index:ServiceName";
  for (const name of ["ServiceKey", "RotatingServiceKey"])
    expect(of(name).inputProperties.service).toMatchObject({ $ref });
  expect(committed.types[$ref.slice("#/types/".length)].enum).toEqual([
    { name: "Database", value: "database" },
    { name: "Storage", value: "storage" },
    { name: "LlmApi", value: "llm-api" },
    { name: "Dns", value: "dns" },
    { name: "Vps", value: "vps" },
  ]);
});

test.each(classNames)(
  "%s has an example in two languages, whose inputs exist, and says how to import",
  (name) => {
    const { description, inputProperties, requiredInputs, properties } = of(name);
    const example = (language: string): string =>
      new RegExp(`{{% example %}}[^]*\`\`\`${language}\n([^]*?)\n\`\`\`[^]*{{% /example %}}`).exec(
        description,
      )![1]!;
    expect(example("typescript")).toContain(`new wayscloud.${name}(`);
    const { resources: declared, outputs } = parse(example("yaml"));
    const [[resource, { type, properties: inputs }]] = Object.entries<any>(declared) as [[string, any]];
    expect(type).toBe(`wayscloud-account:${name}`);
    expect(Object.keys(inputs).filter((input) => !(input in inputProperties))).toEqual([]);
    expect(requiredInputs.filter((input: string) => !(input in inputs))).toEqual([]);
    for (const value of Object.values<string>(outputs)) {
      const [, of_, output] = /^\$\{(\w+)\.(\w+)/.exec(value)!;
      expect([of_, output! in properties]).toEqual([resource, true]);
    }
    expect(description).toMatch(
      new RegExp(
        `\n## Import\n\n(Not supported: |[^]*\n\\$ pulumi import wayscloud-account:index:${name} ${resource} )`,
      ),
    );
  },
);

test("the configuration has the settings of both hosts, each with the environment variables that are read, in their order", () => {
  const expected = Object.values(SETTINGS).flatMap(({ own, variables, isSecret }) =>
    own.map((name, at) => [
      name,
      { secret: isSecret ? true : undefined, environment: at === 0 ? variables : undefined },
    ]),
  );
  const { variables } = committed.config;
  const shown = Object.entries<any>(variables).map(([name, { secret, defaultInfo }]) => [
    name,
    { secret, environment: defaultInfo?.environment },
  ]);
  expect(shown).toEqual(expected);
  // An SDK would store in the state what it filled in here, and mix two accounts.
  expect(JSON.stringify(committed.provider)).not.toContain("defaultInfo");
});
