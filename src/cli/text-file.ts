// Text files as they come from all platforms: UTF-8 or UTF-16, with or without a byte order mark.
import { ConfigurationError } from "../errors";
import type { Terminal } from "./terminal";

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
