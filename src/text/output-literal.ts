// Recognizes the SDK's explanation in place of an Output that a program turned into a string.
import { printable } from "./quote";

const EXPLANATION = /Calling \[to(?:String|JSON)\] on an \[Output/;

/**
 * Where in the value an Output was turned into a string: `name`, `name.key` or `name[0]`; `undefined` if
 * nowhere.
 */
export function outputLiteralIn(name: string, value: unknown): string | undefined {
  if (typeof value === "string") return EXPLANATION.test(value) ? name : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    if (EXPLANATION.test(key)) return name;
    const found = outputLiteralIn(
      Array.isArray(value) ? `${name}[${key}]` : `${name}.${printable(key, 60)}`,
      part,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The message for that place, with the fix. */
export function outputLiteralMessage(where: string): string {
  return `\`${where}\` contains an Output that was turned into a string; use \`pulumi.interpolate\`, or \`.apply\` on the Output`;
}
