// The keys of a set of SSH keys, as its state has them.
import type { Held } from "../support/story-stack";

/** The keys of a set of SSH keys. */
export function setKeysOf({ outputs }: Held): Record<string, SetEntry> {
  return typeof outputs.keys === "object" ? (outputs.keys as Record<string, SetEntry>) : {};
}

interface SetEntry {
  id: string;
  name: string;
  fingerprint: string;
  adopted: boolean;
}
