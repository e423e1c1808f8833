// `npm run schema`: writes plugin/schema.json, the schema of the provider's package, from what the classes declare. `--check` compares instead.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { argv } from "node:process";
import { format, resolveConfig } from "prettier";
import { projectFolder } from "./lib/process.mjs";
import { constructorText, dataFunctions, declared, resourceNames, unknownTags } from "./schema/declared.mjs";
import { packageSpec, schemaName } from "./schema/package-spec.mjs";
import { CONFIGURATION, ENVIRONMENT, GUIDES, DESCRIPTIONS } from "./schema/own-descriptions.mjs";

const file = join(projectFolder, "plugin/schema.json");

const tables = tablesOfFields();
const errors = [
  ...unknownTags().map((tag) => `${tag} would cut its comment off: put names with an @ in backticks`),
  ...missingDescriptions(tables),
];
if (errors.length > 0) fail(errors.join("\n"));
const written = await format(JSON.stringify(packageSpec(tables)), {
  ...(await resolveConfig(file)),
  parser: "json",
});
if (!argv.includes("--check")) writeFileSync(file, written);
else if (readFileSync(file, "utf8") !== written)
  fail(`${relative(projectFolder, file)} is not what the classes declare. Run \`npm run schema\`.`);

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** The tables that the schema is made of. */
function tablesOfFields() {
  const { fields } = declared("ProviderArgs", "native/index.ts");
  const provider = { description: DESCRIPTIONS.Provider, fields: described(fields, CONFIGURATION) };
  const resources = Object.fromEntries(
    resourceNames().map((name) => {
      const { description, example, fields: outputs } = declared(name);
      const inputs = declared(`${name}Args`).fields;
      return [
        name,
        {
          description: [forAll(description), guide(name, example)].join("\n\n"),
          inputs: described(inputs, DESCRIPTIONS),
          outputs: described(outputs),
        },
      ];
    }),
  );
  const functions = Object.fromEntries(
    Object.entries(dataFunctions()).map(([name, { description, inputs, result }]) => {
      const field = name.charAt(3).toLowerCase() + name.slice(4);
      const outputs = result.endsWith("[]")
        ? {
            [field]: {
              type: result,
              required: true,
              secret: false,
              description: "All that match the arguments.",
            },
          }
        : declared(result).fields;
      return [
        name,
        { description: forAll(description), inputs: described(inputs), outputs: described(outputs) },
      ];
    }),
  );
  const types = typesAmong([...Object.values(resources), ...Object.values(functions)]);
  return { provider, environment: ENVIRONMENT, types, resources, functions };
}

/** The types that these tables name, by the names that they have in the schema. */
function typesAmong(tables) {
  const fields = tables.flatMap(({ inputs, outputs }) => [
    ...Object.values(inputs),
    ...Object.values(outputs),
  ]);
  const names = fields.flatMap(({ type }) => /[A-Z]\w+(?=\W*$)/.exec(type) ?? []);
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const { description, fields: parts, values } = declared(name);
      return [
        schemaName(name),
        { description: forAll(description), fields: described(parts), ...(values ? { values } : {}) },
      ];
    }),
  );
}

function described(fields, texts = {}) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      { ...field, description: texts[name] ?? forAll(field.description) },
    ]),
  );
}

/** A comment as it reads in every language; what is cached is different in the plugin. */
function forAll(text) {
  return text.replace(/`?undefined`?/g, "`null`").replace(" Requested once per program run and cached.", "");
}

/** The end of a resource's description, in the form that Pulumi's registry converts to each language. */
function guide(name, example) {
  const { yaml, import: how } = GUIDES[name];
  const typescript = example
    .replace(/^```ts\n|\n```$/g, "")
    .replace('"pulumi-wayscloud"', '"pulumi-wayscloud/native"');
  return `{{% examples %}}
{{% example %}}
## Example Usage

\`\`\`typescript
${typescript}
\`\`\`

\`\`\`yaml
${yaml.trim()}
\`\`\`

{{% /example %}}
{{% /examples %}}

## Import

${how}
`;
}

/** Every field and type has a text, and it ends as a sentence does: the rest of one that does not was lost. */
function missingDescriptions({ provider, types, resources, functions }) {
  const fieldsOf = (of, table) =>
    Object.entries(table).map(([name, { description }]) => [`${of}.${name}`, description]);
  const all = [
    ...Object.keys(resources).map((name) => [`new ${name}`, constructorText(name)]),
    ...fieldsOf("Provider", provider.fields),
    ...Object.entries(types).flatMap(([name, { description, fields }]) => [
      [name, description],
      ...fieldsOf(name, fields),
    ]),
    ...Object.entries({ ...resources, ...functions }).flatMap(([name, { description, inputs, outputs }]) => [
      [name, description],
      ...fieldsOf(name, inputs),
      ...fieldsOf(name, outputs),
    ]),
  ];
  return all
    .filter(([, text]) => !/[.)`]\s*$/.test(text))
    .map(
      ([name, text]) =>
        `${name} has no description, or one that does not end: ${JSON.stringify(text.slice(-60))}`,
    );
}
