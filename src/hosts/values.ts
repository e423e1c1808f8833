// Property values on their way to the engine and back.
import { UNKNOWN } from "../values";
import type { Properties } from "../values";

/** The SDK's form of an unknown value of any type (`pulumi.runtime.unknownValue`). */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Only values that gRPC can encode: `undefined` would break the response after the request was made. */
export function forEngine(properties: Properties): Properties {
  return mapValues(properties, (value) => {
    if (value === UNKNOWN) return UNKNOWN_VALUE;
    return typeof value === "string" ? value.toWellFormed() : (value ?? null);
  });
}

export function mapValues<T>(value: T, leaf: (value: unknown) => unknown): T {
  if (Array.isArray(value)) return value.map((part: unknown) => mapValues(part, leaf)) as T;
  if (typeof value !== "object" || value === null) return leaf(value) as T;
  const copy: Properties = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined || key === "__proto__") continue;
    copy[key] = mapValues(part as unknown, leaf);
  }
  return copy as T;
}
