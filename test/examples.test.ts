// The quickstart in Go and in Python says what the one in YAML says, whose every name the real engine has checked (test/engine/plugin-yaml.test.ts).
import { parse } from "yaml";
import { exampleFile } from "./support/examples";

const yaml = parse(exampleFile("yaml", "Pulumi.yaml"));

/** Of a type or an output, what the languages have in common: each has its own case, prefix and separators. */
const bare = (text: unknown): string => String(text).toLowerCase().replaceAll("_", "");

/** For each resource its type and name, then each input and its values; then each output and its property. */
const declared = Object.entries<any>(yaml.resources).map(([name, { type, properties }]) => {
  const inputs = Object.entries<any>(properties).flatMap(([input, value]) => [input, ...[value].flat()]);
  return [type.split(":")[1], `"${name}"`, ...inputs].map(bare);
});
const exported = Object.entries<string>(yaml.outputs).map(([name, value]) => {
  const [, property] = /\$\{(?:profile)?(.*)\}/.exec(value)!;
  return [`"${name}"`, `${property}`].map(bare);
});

test.each([
  ["go", "main.go"],
  ["python", "__main__.py"],
])("examples/%s declares and exports what examples/yaml does", (folder, file) => {
  let program = exampleFile(folder, file).replace(/^\s*(\/\/|#).*$/gm, "");
  const creation = /(\w+)(?:, err :=| =) wayscloud\w*\.\w+\((?:ctx,)?\s*"(\w+)"/g;
  for (const [, variable, name] of program.matchAll(creation))
    program = program.replaceAll(` ${variable}.`, ` ${name}.`);
  program = bare(program);
  let at = 0;
  for (const word of [...declared, ...exported].flat()) {
    expect(program.slice(at)).toContain(word);
    at = program.indexOf(word, at) + word.length;
  }
  expect(program).toContain("getprofileoutput");
  // And nothing more.
  expect(program.match(/wayscloud\w*\.(new)?\w+key\(|accesstoken\(/g)).toHaveLength(declared.length);
  expect(program.match(/\w(=|: +)(?=["[\d]|pulumi|wayscloud)/g)).toHaveLength(5);
  expect(program.match(/"\w+:\w+"/g)).toHaveLength(yaml.resources.ci.properties.scopes.length);
  expect(program.match(/export\(/g)).toHaveLength(exported.length);
});

test.each(["go", "python", "yaml"])("examples/%s names the plugin where npm installs it", (name) => {
  expect(parse(exampleFile(name, "Pulumi.yaml")).plugins).toEqual({
    providers: [{ name: "wayscloud-account", path: "node_modules/pulumi-wayscloud/plugin" }],
  });
});
