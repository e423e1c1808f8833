// Errors for a program's user: only the message, without a stack of this package's internals.
import { WaysCloudError } from "../errors";

/** Runs the work. The engine shows only the message of this package's errors, as of a `pulumi.RunError`. */
export async function withoutStack<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WaysCloudError) {
      Object.defineProperty(error, "__pulumiRunError", { value: true, configurable: true });
      error.stack = `${error.name}: ${error.message}`;
    }
    throw error;
  }
}
