// The option `--stack-export`, and ids as users give them: what `audit` and `revoke` have in common.
import { managedKeys } from "../audit/managed";
import type { ManagedKeys } from "../audit/managed";
import { ConfigurationError } from "../errors";
import type { Terminal } from "./terminal";
import { nameOf, readText } from "./text-file";

/** What the stacks of these files hold; undefined if there is none. */
export async function managedIn(
  files: readonly string[] | undefined,
  terminal: Terminal,
): Promise<ManagedKeys | undefined> {
  if (!files) return undefined;
  const name = (file: string): string => nameOf("The stack export", file);
  const exports: unknown[] = [];
  for (const file of files) {
    const text = await readText("The stack export", file, terminal);
    if (text.trim() === "") throw new ConfigurationError(`${name(file)} is empty.`);
    exports.push(parseJson(text, name(file)));
  }
  return managedKeys(exports, (index) => name(files[index] ?? "-"));
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, which may hold secrets.
    throw new ConfigurationError(`${name} is not JSON.`);
  }
}

/** @throws ConfigurationError if it cannot be the id of a key. It is not shown, because it may be the key itself. */
export function checkId(id: string, from: string): string {
  if (/^[A-Za-z0-9_-]{1,200}$/.test(id)) return id;
  throw new ConfigurationError(
    `${from}: an id of a key consists of letters, digits, "_" and "-" (${id.length} characters were given).`,
  );
}
