// Reads thrown values structurally: under jest the errors of Node's own modules belong to another realm, where
// `instanceof Error` is false, and this emulator is meant to be started from tests.

function field(error: unknown, name: "message" | "code"): string | undefined {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The message of an error. */
export function errorMessage(error: unknown): string {
  return field(error, "message") ?? "unknown reason";
}

/** The code of one of Node's errors, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return field(error, "code");
}
