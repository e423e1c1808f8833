// Recognizes an entry whose name gets lost on the way to the engine and back.

/** JavaScript's objects lose it: in the SDK on the way to the engine, in gRPC on the way back. */
export const LOST = "__proto__";

/** With the first, the SDK cannot turn a property into a string; with the second, it marks its own values. */
const BREAKS_SDK = ["toString", "4dabf18193072939515e22adb298388d"];

export interface UnsafeEntry {
  property: string;
  /** The name of the entry, at any depth; that of the property itself if there is no such property. */
  entry: string;
}

/** The first entry of these properties that is not safe. */
export function unsafeEntryIn(properties: object): UnsafeEntry | undefined {
  for (const [property, value] of Object.entries(properties)) {
    const entry = isUnsafe(property) ? property : unsafeNameIn(value);
    if (entry !== undefined) return { property, entry };
  }
  return undefined;
}

function unsafeNameIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Only literal objects of a program: Outputs and the like have other prototypes.
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const inside = unsafeEntryIn(value);
  return inside?.entry;
}

function isUnsafe(name: string): boolean {
  return name === LOST || BREAKS_SDK.includes(name);
}

export function unsafeEntryMessage({ property, entry }: UnsafeEntry): string {
  if (property === entry) return `unknown input \`${entry}\``;
  const why = entry === LOST ? "which would be lost" : "which Pulumi's SDK cannot pass on";
  return `\`${property}\` has an entry named \`${entry}\`, ${why}; choose another name`;
}
