// The option `--stack-export` and the check of ids, for `audit` and `revoke`.
import { managedKeys } from "../audit/managed";
import type { ManagedKeys } from "../audit/managed";
import { ConfigurationError } from "../errors";
import type { Terminal } from "./terminal";
import { nameOf, readText } from "./text-file";

/** The keys that the stacks of these files hold; undefined without files. */
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

/**
 * @throws ConfigurationError if this cannot be the id of a key. The message does not show it: it may be the
 * key itself.
 */
export function checkId(id: string, from: string): string {
  if (/^[A-Za-z0-9_-]{1,200}$/.test(id)) return id;
  throw new ConfigurationError(
    `${from}: an id of a key consists of letters, digits, "_" and "-" (${id.length} characters were given).`,
  );
}
