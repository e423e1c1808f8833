// What a resource asks for when it creates an SSH key.
import type { PublicKey } from "./public-key";

/** A key to be added, or adopted where the account has it already. */
export interface WantedSshKey {
  /** Its name in the account. */
  name: string;
  key: PublicKey;
  adoptExisting: boolean;
  /** Adopt it whatever its name in the account is. */
  adoptsAnyName: boolean;
  /** The name ends in a generated marker, so that it proves ownership. */
  hasMarker: boolean;
  /** What a message advises where the name is taken. */
  nameAdvice: string;
  /** `project/stack/name` of the resource, or empty. */
  owner: string;
}
