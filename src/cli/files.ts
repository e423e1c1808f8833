// Inputs of the commands: stack exports and other text files from all platforms, and ids.
import { getSystemErrorMap } from "node:util";

import { managedKeys } from "../audit/managed-keys";
import type { ManagedKeys } from "../audit/managed-keys";
import { ConfigurationError, errorMessage } from "../errors";
import { printable } from "../text/quote";
import { redact } from "../text/redact";
import type { Terminal } from "./terminal";

/** The files that commands read, by their names in messages, with the advice if there is none. */
const MISSING = {
  "The stack export": (file: string) =>
    `Write the stack export with \`pulumi stack export --file ${file}\`, or pipe it to \`--stack-export -\`.`,
  "The faults file": () => "docs/emulator.md describes its content.",
  "The ignore file": () => "Create it with the ids to ignore, one per line, or leave `--ignore-file` out.",
};
type FileKind = keyof typeof MISSING;

/** The keys that the stacks of these files hold; undefined without files. */
export async function managedIn(
  files: readonly string[] | undefined,
  terminal: Terminal,
): Promise<ManagedKeys | undefined> {
  if (!files) return undefined;
  const exports = await Promise.all(files.map((file) => readJson("The stack export", file, terminal)));
  return managedKeys(
    exports,
    files.map((file) => nameOf("The stack export", file)),
  );
}

export async function readJson(kind: FileKind, file: string, terminal: Terminal): Promise<unknown> {
  return jsonIn(await readText(kind, file, terminal), nameOf(kind, file));
}

/** The value of a JSON text; `name`: its name in messages. */
export function jsonIn(text: string, name: string): unknown {
  if (text.trim() === "") throw new ConfigurationError(`${name} is empty.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The rest of the parser's message may quote the text, which may hold secrets.
    const [place = ""] = / at position \d+( \(line \d+ column \d+\))?$/.exec(errorMessage(error)) ?? [];
    throw new ConfigurationError(`${name} is not JSON${place}.`);
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

/** The text of a file, `-` being standard input. */
export async function readText(kind: FileKind, file: string, terminal: Terminal): Promise<string> {
  try {
    return decode(await terminal.read(file));
  } catch (error) {
    const { code = "unknown error", errno = 0 } = error as NodeJS.ErrnoException;
    const shown = shownFile(file);
    if (code === "ENOENT") throw new ConfigurationError(`There is no file ${shown}. ${MISSING[kind](shown)}`);
    const [, words = code] = getSystemErrorMap().get(errno) ?? [];
    throw new ConfigurationError(`${nameOf(kind, file)} cannot be read: ${words}.`);
  }
}

/** The file's name in messages. */
export function nameOf(kind: FileKind, file: string): string {
  return `${kind} ${file === "-" ? "from standard input" : shownFile(file)}`;
}

/** It may be a secret, pasted by mistake, or have control characters. */
function shownFile(file: string): string {
  return printable(redact(file));
}

/** Windows PowerShell writes UTF-16 when it redirects output. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  // Without a byte order mark, assume that the first character is ASCII, as in JSON.
  if (first === 0xff || second === 0) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe || first === 0) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder("utf-8").decode(bytes);
}
