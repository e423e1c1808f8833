// Errors that a program's user sees: the sentence alone, without a stack of this package's internals.
import { WaysCloudError } from "../errors";

/** Runs the work; an error of this package is shown by the engine as its message alone, as a `pulumi.RunError` would be. */
export async function withoutStack<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw messageOnly(error);
  }
}

function messageOnly(error: unknown): unknown {
  if (!(error instanceof WaysCloudError)) return error;
  Object.defineProperty(error, "__pulumiRunError", { value: true, configurable: true });
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
