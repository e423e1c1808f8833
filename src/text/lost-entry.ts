// Recognizes an entry named `__proto__`, which JavaScript's objects lose: the SDK on its way to the engine, gRPC on the way from it.

export const LOST = "__proto__";

/** The property of these that has such an entry, at whatever depth; `undefined` if none has. */
export function propertyWithLostEntry(properties: object): string | undefined {
  return Object.entries(properties).find(([name, value]) => name === LOST || holdsLost(value))?.[0];
}

function holdsLost(value: unknown): boolean {
  // Only what a program writes down: Outputs and the like have prototypes of their own.
  if (Array.isArray(value)) return value.some(holdsLost);
  if (typeof value !== "object" || value === null) return false;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).some(([name, part]) => name === LOST || holdsLost(part));
}

export function lostEntryMessage(property: string): string {
  return property === LOST
    ? `unknown input \`${LOST}\``
    : `\`${property}\` has an entry named \`${LOST}\`, which would be lost; choose another name`;
}
