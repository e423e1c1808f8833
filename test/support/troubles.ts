// What goes wrong in stories.
import type { CommandOptions } from "./story-stack";

/** A POST takes effect, and its response is lost. */
export const LOST = { fate: "answer lost" } as const;
export const NEVER_ARRIVES = { fate: "never arrives" } as const;
/** No list can be read, or none from the `nth` on. */
export const NO_LIST = { method: "GET", fate: "401", times: 99 } as const;
/** No response shows the server's time. */
export const OFFLINE = [
  { ...LOST, times: 99 },
  { method: "GET", fate: "never arrives", times: 99 },
] as const;

export const troubled = (...troubles: NonNullable<CommandOptions["troubles"]>): CommandOptions => ({
  troubles,
});
