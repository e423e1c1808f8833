// What the TypeScript classes declare: names, types and comments of inputs and outputs, read from their source by the compiler.
import { join } from "node:path";
import * as ts from "typescript";

const SOURCE = join(__dirname, "../../src");

export interface DeclaredField {
  type: string;
  required: boolean;
  secret: boolean;
  description: string;
}

export type DeclaredFields = Record<string, DeclaredField>;

export interface Declared {
  description: string;
  fields: DeclaredFields;
}

const config = ts.readConfigFile(join(SOURCE, "../tsconfig.json"), (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(SOURCE, ".."));
const program = ts.createProgram([join(SOURCE, "index.ts"), join(SOURCE, "native/index.ts")], options);
const checker = program.getTypeChecker();

/** An exported class, interface or function of the public API, by its name. The fields of a class are its outputs. */
export function declared(name: string, file = "index.ts"): Declared {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(SOURCE, file))!);
  const exported = checker.getExportsOfModule(module!).find((symbol) => symbol.name === name);
  if (!exported) throw new Error(`${file} exports no ${name}`);
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const isType = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
  const members = isType ? checker.getDeclaredTypeOfSymbol(symbol).getProperties() : [];
  return { description: textOf(symbol), fields: Object.fromEntries(members.flatMap(field)) };
}

/** The names of all classes, functions and types that a module exports. */
export function exportsOf(file: string): string[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(SOURCE, file))!);
  return checker.getExportsOfModule(module!).map(({ name }) => name);
}

/** Only what the package itself declares: the SDK's own members are none of its fields. */
function field(symbol: ts.Symbol): [string, DeclaredField][] {
  const node = symbol.declarations?.find(
    (each) => ts.isPropertyDeclaration(each) || ts.isPropertySignature(each),
  );
  if (!node?.type || !node.getSourceFile().fileName.startsWith(SOURCE) || symbol.name.startsWith("_"))
    return [];
  const written = node.type.getText();
  const type = written.replace(/pulumi\.(Input|Output)</g, "").replace(/>| \| (undefined|null)/g, "");
  const description = textOf(symbol);
  const required = !node.questionToken && !/\| (undefined|null)/.test(written);
  return [[symbol.name, { type, required, secret: /\bSecret\b|kept secret/.test(description), description }]];
}

/** Without what only a reader of TypeScript understands. */
function textOf(symbol: ts.Symbol): string {
  const tags = symbol.getJsDocTags(checker);
  const fallback = tags
    .find(({ name }) => name === "default")
    ?.text?.map(({ text }) => text)
    .join("");
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const text = comment.replace(/\{@link ([^}]+?)\s*\}/g, "`$1`").replace(/([^\n])\n(?!\n|- )/g, "$1 ");
  return fallback === undefined ? text : `${text} Default: ${fallback}.`;
}
