// Recognizes an entry whose name gets lost on the way to the engine and back.

/** JavaScript's objects lose it: in the SDK on the way to the engine, in gRPC on the way back. */
export const LOST = "__proto__";

/** The entry by which the SDK and the engine mark their own values, such as a secret. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** With the first, the SDK cannot turn a property into a string; the second is its own. */
const BREAKS_SDK = ["toString", SIGNATURE];

/** What is wrong with the first entry of these properties that is not safe, at any depth. */
export function unsafeEntry(properties: object): string | undefined {
  for (const [property, value] of Object.entries(properties)) {
    const entry = isUnsafe(property) ? property : unsafeNameIn(value);
    if (entry !== undefined) return unsafeEntryMessage(property, entry);
  }
  return undefined;
}

function unsafeNameIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Only literal objects of a program: Outputs and the like have other prototypes.
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const names = Object.entries(value).map(([name, part]) => (isUnsafe(name) ? name : unsafeNameIn(part)));
  return names.find((name) => name !== undefined);
}

function isUnsafe(name: string): boolean {
  return name === LOST || BREAKS_SDK.includes(name);
}

export function unsafeEntryMessage(property: string, entry: string): string {
  if (property === entry) return `unknown input \`${entry}\``;
  const why = entry === LOST ? "which would be lost" : "which Pulumi's SDK cannot pass on";
  return `\`${property}\` has an entry named \`${entry}\`, ${why}; choose another name`;
}
