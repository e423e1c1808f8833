// Errors for a program's user: only the message, without a stack of this package's internals.
import { setTimeout } from "node:timers/promises";

import { WaysCloudError } from "../errors";

/**
 * The SDK takes up what a program exports a little after the program has loaded. Node.js prints a warning
 * about a promise that has failed before.
 */
const UNTIL_TAKEN_UP_MS = 50;

/** Runs the work. The engine shows only the message of this package's errors, as of a `pulumi.RunError`. */
export async function withoutStack<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WaysCloudError) {
      Object.defineProperty(error, "__pulumiRunError", { value: true, configurable: true });
      error.stack = `${error.name}: ${error.message}`;
    }
    await setTimeout(UNTIL_TAKEN_UP_MS);
    throw error;
  }
}
