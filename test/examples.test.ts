// The quickstart in Go and in Python says what the one in YAML says, whose every name the real engine has checked (test/engine/plugin-yaml.test.ts).
import { parse } from "yaml";

import schema from "../plugin/schema.json";
import { exampleFile } from "./support/examples";

/** What a program declares and exports, in the schema's names. */
interface Program {
  /** By logical name: the type, and the strings and numbers that each input gets. */
  resources: Record<string, { type: string; inputs: Record<string, string[]> }>;
  /** By name: the resource or function, and its property. */
  outputs: Record<string, string>;
}

const services = schema.types["wayscloud-account:index:ServiceName"].enum;
const literals = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|\b(\d+)\b|\.ServiceName(\w+)/g)].map(
    ([, string, number, member]) =>
      string ?? number ?? services.find(({ name }) => name === member)?.value ?? `no service ${member}`,
  );
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function inYaml(text: string): Program {
  const { resources, variables, outputs } = parse(text);
  const type = (token: string): string => token.replace("wayscloud-account:", "");
  const functionOf = (variable: string): string =>
    variables[variable] ? type(variables[variable]["fn::invoke"].function) : variable;
  return {
    resources: Object.fromEntries(
      Object.entries<any>(resources).map(([name, resource]) => [
        name,
        {
          type: type(resource.type),
          inputs: Object.fromEntries(
            Object.entries<any>(resource.properties).map(([input, value]) => [
              input,
              [value].flat().map(String),
            ]),
          ),
        },
      ]),
    ),
    outputs: Object.fromEntries(
      Object.entries<string>(outputs).map(([name, value]) => {
        const [, variable = "", property] = /^\$\{(\w+)\.(\w+)\}$/.exec(value) ?? [];
        return [name, `${functionOf(variable)}.${property}`];
      }),
    ),
  };
}

function inGo(text: string): Program {
  const program: Program = { resources: {}, outputs: {} };
  const variables: Record<string, string> = {};
  const resource =
    /(\w+), err := wayscloudaccount\.New(\w+)\(ctx, "(\w+)", &wayscloudaccount\.\2Args\{\n([^]*?)\n\t\t\}\)/g;
  for (const [, variable, type, name, body] of text.matchAll(resource)) {
    variables[variable!] = name!;
    const inputs = [...body!.matchAll(/^\s*(\w+): +(.*),$/gm)];
    program.resources[name!] = {
      type: type!,
      inputs: Object.fromEntries(inputs.map(([, input, value]) => [lowerFirst(input!), literals(value!)])),
    };
  }
  const call = /(\w+) := wayscloudaccount\.Get(\w+)Output\(ctx, wayscloudaccount\.Get\2OutputArgs\{\}\)/g;
  for (const [, variable, name] of text.matchAll(call)) variables[variable!] = `get${name}`;
  for (const [, name, variable, property] of text.matchAll(/ctx\.Export\("(\w+)", (\w+)\.(\w+)(?:\(\))?\)/g))
    program.outputs[name!] = `${variables[variable!]}.${lowerFirst(property!)}`;
  return program;
}

function inPython(text: string): Program {
  const program: Program = { resources: {}, outputs: {} };
  const variables: Record<string, string> = { "wayscloud.get_profile_output()": "getProfile" };
  for (const [, variable, type, name, body] of text.matchAll(
    /^(\w+) = wayscloud\.(\w+)\(\s*"(\w+)",([^]*?)\)$/gm,
  )) {
    variables[variable!] = name!;
    const inputs = [...body!.matchAll(/(\w+)=(\[.*?\]|"[^"]*"|\d+)/g)];
    program.resources[name!] = {
      type: type!,
      inputs: Object.fromEntries(inputs.map(([, input, value]) => [camelCase(input!), literals(value!)])),
    };
  }
  for (const [, name, variable, property] of text.matchAll(/pulumi\.export\("(\w+)", (.*)\.(\w+)\)/g))
    program.outputs[name!] = `${variables[variable!]}.${camelCase(property!)}`;
  return program;
}

test.each([
  ["go", inGo(exampleFile("go", "main.go"))],
  ["python", inPython(exampleFile("python", "__main__.py"))],
])("examples/%s declares and exports what examples/yaml does", (_, program) => {
  const yaml = inYaml(exampleFile("yaml", "Pulumi.yaml"));
  expect(Object.keys(yaml.resources)).toHaveLength(3);
  expect(program).toEqual(yaml);
});

test.each(["go", "python", "yaml"])("examples/%s names the plugin where npm installs it", (name) => {
  expect(parse(exampleFile(name, "Pulumi.yaml")).plugins).toEqual({
    providers: [{ name: "wayscloud-account", path: "node_modules/pulumi-wayscloud/plugin" }],
  });
});
