// Reads what was thrown by its shape: under jest the errors of Node's own modules are of another realm, for which
// `instanceof Error` is false, and this emulator is made to be started from tests.

function field(error: unknown, name: "message" | "code"): string | undefined {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The message of an error. */
export function reasonOf(error: unknown): string {
  return field(error, "message") ?? "unknown reason";
}

/** The code of an error of Node's, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return field(error, "code");
}
