// Which SSH key of the account a look-up by id, name or fingerprint means.
import { AmbiguousMatchError, ConfigurationError, NotFoundError } from "../errors";
import { readFingerprint } from "../text/fingerprint";
import type { ShownSshKey } from "../api/list";
import { sanitize } from "../text/redact";
import type { Given } from "./arguments";

type Field = "id" | "name" | "fingerprint";
export type SshKeyLookup = [field: Field, value: string];

const AS_PRINTED = "Give it as `ssh-keygen -lf` prints it: SHA256:…";

/** The look-up that these fields ask for; their names and types are checked already. @throws ConfigurationError unless it is exactly one. */
export function sshKeyLookup(given: Given): SshKeyLookup {
  const [only, ...others] = Object.entries(given);
  if (!only || others.length > 0) {
    throw new ConfigurationError("getSshKey: specify exactly one of `id`, `name` and `fingerprint`.");
  }
  const [field, value] = only as SshKeyLookup;
  if (field === "fingerprint" && !readFingerprint(value)) {
    throw new ConfigurationError(
      `getSshKey: \`fingerprint\` is not a fingerprint (${value.length} characters). ${AS_PRINTED}`,
    );
  }
  return [field, value];
}

/** The one key that the look-up means. @throws NotFoundError, AmbiguousMatchError. */
export function onlyMatch(keys: readonly ShownSshKey[], wanted: SshKeyLookup): ShownSshKey {
  const [field, value] = wanted;
  const found = keys.filter((key) => fits(key, wanted));
  const [only] = found;
  if (only && found.length === 1) return only;
  const what = `with the ${field} ${JSON.stringify(sanitize(value))}`;
  if (!only) {
    throw new NotFoundError({
      message: `getSshKey: the account has no SSH key ${what}.${field === "fingerprint" ? hint(keys, value) : ""}`,
      outcome: "rejected",
    });
  }
  throw new AmbiguousMatchError({
    message: `getSshKey: the account has ${found.length} SSH keys ${what} (ids ${found.map((key) => key.id).join(", ")}). Look the key up by \`id\`.`,
    outcome: "rejected",
  });
}

function fits(key: ShownSshKey, [field, value]: SshKeyLookup): boolean {
  if (field !== "fingerprint") return key[field] === value;
  const [listed, wanted] = [readFingerprint(key.fingerprint), readFingerprint(value)];
  return listed?.algorithm === wanted?.algorithm && listed?.digest === wanted?.digest;
}

/** Digests of different algorithms cannot be compared without the key itself. */
function hint(keys: readonly ShownSshKey[], value: string): string {
  const algorithm = readFingerprint(value)?.algorithm;
  const others = keys.some((key) => readFingerprint(key.fingerprint)?.algorithm !== algorithm);
  return algorithm === "MD5" && others ? ` The account lists SHA256 fingerprints. ${AS_PRINTED}` : "";
}
