// The data functions, one entry each, for both hosts and the plugin's schema.
import type { AccountClient } from "../api/client";
import { completeList, shownApiKey, shownSshKey } from "../api/list";
import type { ShownSshKey } from "../api/list";
import type { Profile } from "../api/schemas";
import { AmbiguousMatchError, ConfigurationError, NotFoundError } from "../errors";
import { readFingerprint } from "../text/fingerprint";
import { sanitize } from "../text/redact";
import { matches } from "./arguments";
import type { ArgumentTypes, Given } from "./arguments";

export interface Request<T> {
  kind: string;
  read: (client: AccountClient) => Promise<T>;
}

export interface Query<Response extends object, Result extends object> {
  /** Its name in programs; the output form adds `Output`. */
  name: string;
  args: ArgumentTypes;
  request: Request<Response>;
  /** Checks the arguments, then selects from the response. @throws ConfigurationError, before any request. */
  select: (given: Given) => (response: Response) => Result;
  /** The property that holds the result in the plugin's response, if the result is a list. */
  list?: string;
}

function listQuery<Entry extends object>(
  name: string,
  list: string,
  read: Request<Entry[]>["read"],
  args: ArgumentTypes,
): Query<Entry[], Entry[]> {
  const select = (given: Given) => (entries: Entry[]) => entries.filter((entry) => matches(entry, given));
  return { name, args, request: { kind: list, read }, select, list };
}

const getSshKeys = listQuery(
  "getSshKeys",
  "sshKeys",
  async (client) => completeList(await client.listSshKeys()).map(shownSshKey),
  {},
);

export const queries = {
  getProfile: {
    name: "getProfile",
    args: {},
    request: { kind: "profile", read: (client) => client.getProfile() },
    select: () => (profile) => profile,
  } satisfies Query<Profile, Profile>,
  getServices: listQuery("getServices", "services", (client) => client.listServices(), {
    serviceType: "string",
    name: "string",
    status: "string",
    region: "string",
  }),
  getApiKeys: listQuery(
    "getApiKeys",
    "apiKeys",
    async (client) => completeList(await client.listApiKeys()).map(shownApiKey),
    {
      keyType: "string",
      service: "string",
      isActive: "boolean",
    },
  ),
  getSshKeys,
  getSshKey: {
    name: "getSshKey",
    args: { id: "string", name: "string", fingerprint: "string" },
    request: getSshKeys.request,
    select: (given) => {
      const lookup = sshKeyLookup(given);
      return (keys) => onlyMatch(keys, lookup);
    },
  } satisfies Query<ShownSshKey[], ShownSshKey>,
};

type Field = "id" | "name" | "fingerprint";
type SshKeyLookup = [field: Field, value: string];

const AS_PRINTED = "Give it as `ssh-keygen -lf` prints it: SHA256:…";

/** The only given field (already checked). @throws ConfigurationError unless there is exactly one. */
function sshKeyLookup(given: Given): SshKeyLookup {
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

/** The key that matches the look-up. @throws NotFoundError, AmbiguousMatchError. */
function onlyMatch(keys: readonly ShownSshKey[], wanted: SshKeyLookup): ShownSshKey {
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

/** Without the key itself, digests of different algorithms cannot be compared. */
function hint(keys: readonly ShownSshKey[], value: string): string {
  const algorithm = readFingerprint(value)?.algorithm;
  const others = keys.some((key) => readFingerprint(key.fingerprint)?.algorithm !== algorithm);
  return algorithm === "MD5" && others ? ` The account lists SHA256 fingerprints. ${AS_PRINTED}` : "";
}
