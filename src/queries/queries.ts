// What a program can read of the account: one entry for each data function, for both hosts and the plugin's schema.
import type { AccountClient } from "../api/client";
import { completeList, shownApiKey, shownSshKey } from "../api/list";
import { matches } from "./arguments";
import type { ArgumentTypes, Given } from "./arguments";
import { onlyMatch, sshKeyLookup } from "./ssh-key-lookup";

/** What is requested: queries of the same kind share a response. */
export interface Request<T> {
  kind: string;
  read: (client: AccountClient) => Promise<T>;
}

export interface Query<Response extends object, Result extends object> {
  /** As programs call it; the output form adds `Output`. */
  name: string;
  args: ArgumentTypes;
  request: Request<Response>;
  /** Checks what these arguments ask for, and then picks it from the response. @throws ConfigurationError, before any request. */
  select: (given: Given) => (response: Response) => Result;
  /** The property that holds the result in the plugin's response, if the result is a list. */
  list?: string;
}

/** Lists what the account has, filtered by equality. */
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

function query<Response extends object, Result extends object>(
  entry: Query<Response, Result>,
): Query<Response, Result> {
  return entry;
}

export const queries = {
  getProfile: query({
    name: "getProfile",
    args: {},
    request: { kind: "profile", read: (client) => client.getProfile() },
    select: () => (profile) => profile,
  }),
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
  getSshKey: query({
    name: "getSshKey",
    args: { id: "string", name: "string", fingerprint: "string" },
    request: getSshKeys.request,
    select: (given) => {
      const lookup = sshKeyLookup(given);
      return (keys) => onlyMatch(keys, lookup);
    },
  }),
};
