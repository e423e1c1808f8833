// Inputs of `audit` and `revoke`: stack exports and other text files from all platforms, and ids.
import { managedKeys } from "../audit/managed-keys";
import type { ManagedKeys } from "../audit/managed-keys";
import { ConfigurationError } from "../errors";
import type { Terminal } from "./terminal";

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

/** The text of a file, `-` being standard input. `what`: its kind, for messages. */
export async function readText(what: string, file: string, terminal: Terminal): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await terminal.read(file);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`${nameOf(what, file)} cannot be read (${code}).`);
  }
  return decode(bytes);
}

/** The file's name in messages. */
export function nameOf(what: string, file: string): string {
  return file === "-" ? `${what} from standard input` : `${what} ${file}`;
}

/** Windows PowerShell writes UTF-16 when it redirects output. */
function decode(bytes: Uint8Array): string {
  const [first = 0, second = 0] = bytes;
  // Without a byte order mark, assume that the first character is ASCII, as in JSON.
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && bytes.length > 1)) {
    return new TextDecoder("utf-16le").decode(bytes);
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) {
    return new TextDecoder("utf-16be").decode(bytes);
  }
  return new TextDecoder("utf-8").decode(bytes);
}
