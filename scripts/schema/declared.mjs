// What the TypeScript classes declare, read from their source by the compiler: fields with their types and comments, as tables for the schema.
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectFolder } from "../lib/process.mjs";

const ts = createRequire(import.meta.url)("typescript");
const source = join(projectFolder, "src");

/** The entries of the package; a program may reach everything that they export. */
const ENTRIES = ["index.ts", "native/index.ts", "emulator/index.ts", "data/audit.ts"];

/** Any other tag, such as that of "@pulumi/random" in a sentence, would cut a comment off where it stands. */
const TAGS = ["default", "example", "function", "internal", "param", "secret", "see", "throws"];

const { config } = ts.readConfigFile(join(projectFolder, "tsconfig.json"), (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectFolder);
const program = ts.createProgram(
  ENTRIES.map((entry) => join(source, entry)),
  options,
);
const checker = program.getTypeChecker();

/**
 * @typedef {{ type: string, required: boolean, secret: boolean, description: string }} Field `type` as TypeScript writes it, without `Input` and `Output`
 * @typedef {Record<string, Field>} Fields
 */

/**
 * A class, an interface or a type of the public API. The fields of a class are its outputs.
 * @returns {{ description: string, example?: string, fields: Fields, values?: string[] }} `values`: those of a union of strings
 */
export function declared(name, entry = "index.ts") {
  const symbol = exportsOf(entry).get(name);
  if (!symbol) throw new Error(`${entry} exports no ${name}`);
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const isType = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
  const parts = type.isUnion() ? type.types : [];
  return {
    ...textOf(symbol),
    fields: Object.fromEntries(isType ? type.getProperties().flatMap(field) : []),
    ...(parts.length > 0 && parts.every((part) => part.isStringLiteral())
      ? { values: parts.map(({ value }) => value) }
      : {}),
  };
}

/** The names of the resource classes: each has an interface of its arguments. */
export function resourceNames() {
  const exported = exportsOf("index.ts");
  return [...exported.keys()].filter(
    (name) =>
      name !== "Provider" && exported.get(name).flags & ts.SymbolFlags.Class && exported.has(`${name}Args`),
  );
}

/**
 * The data functions, by name.
 * @returns {Record<string, { description: string, inputs: Fields, result: string }>} `result`: the type that is promised, `ServiceInfo[]`
 */
export function dataFunctions() {
  const functions = [...exportsOf("index.ts")].flatMap(([name, symbol]) => {
    const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
    return signature && !name.endsWith("Output") ? [[name, signature]] : [];
  });
  return Object.fromEntries(
    functions.map(([name, signature]) => {
      const { parameters, type } = signature.declaration;
      const args = parameters.find((parameter) => parameter.name.text === "args");
      const result = type.getText().replace(/^Promise<(?:types\.)?(.*)>$/, "$1");
      const inputs = args ? checker.getTypeAtLocation(args.type).getProperties().flatMap(field) : [];
      return [name, { ...textOf(signature), inputs: Object.fromEntries(inputs), result }];
    }),
  );
}

/** What an editor shows for `new name(`. */
export function constructorText(name) {
  const { members } = exportsOf("index.ts").get(name).valueDeclaration;
  return ts.getTextOfJSDocComment(members.find(ts.isConstructorDeclaration).jsDoc?.[0].comment) ?? "";
}

/** Where a comment has a tag that no tool knows: there its text ends. */
export function unknownTags() {
  const found = [];
  const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(source));
  for (const file of files) {
    const visit = (node) => {
      for (const { tags = [] } of node.jsDoc ?? []) {
        for (const { tagName, pos } of tags) {
          if (TAGS.includes(tagName.text)) continue;
          const { line } = file.getLineAndCharacterOfPosition(pos);
          found.push(`${file.fileName.slice(source.length - "src".length)}:${line + 1}: @${tagName.text}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

function exportsOf(entry) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(source, entry)));
  return new Map(
    checker
      .getExportsOfModule(module)
      .map((symbol) => [
        symbol.name,
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      ]),
  );
}

/** Only what the package itself declares: the SDK's own members are none of its fields. */
function field(symbol) {
  const node = symbol.declarations?.find(
    (each) => ts.isPropertyDeclaration(each) || ts.isPropertySignature(each),
  );
  const isOurs = node?.type && node.getSourceFile().fileName.startsWith(source);
  if (!isOurs || symbol.name.startsWith("_")) return [];
  const written = node.type.getText();
  const secret = symbol.getJsDocTags(checker).some(({ name }) => name === "secret");
  return [
    [
      symbol.name,
      {
        type: withoutInputs(written.replace(/ \| (undefined|null)/g, "")),
        required: !node.questionToken && !/\| (undefined|null)/.test(written),
        secret,
        description: textOf(symbol).description,
      },
    ],
  ];
}

/** `Record<string, string>` of `pulumi.Input<Record<string, pulumi.Input<string>>>`. */
function withoutInputs(type) {
  const simpler = type.replace(/pulumi\.(?:Input|Output)<([^<>]*|Record<[^<>]*>)>/, "$1");
  return simpler === type ? type : withoutInputs(simpler);
}

/** The comment without what only a reader of TypeScript understands. */
function textOf(symbol) {
  const tag = (wanted) =>
    symbol
      .getJsDocTags(checker)
      .find(({ name }) => name === wanted)
      ?.text?.map(({ text }) => text)
      .join("");
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const text = comment
    .replace(/\{@link (\w+?)(?:Args)?\.(\w+)\s*\}/g, "`$2` of `$1`")
    .replace(/\{@link ([^}]+?)\s*\}/g, "`$1`")
    .replace(/([^\n])\n(?!\n|- )/g, "$1 ");
  const fallback = tag("default")?.replace(/\s+/g, " ");
  return {
    description: fallback === undefined ? text : `${text} Default: ${fallback}.`,
    ...(tag("example") === undefined ? {} : { example: tag("example") }),
  };
}
