// The provider's functions: what the account holds, from one request of a kind for as long as this process changes nothing.
import { InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";

import type { AccountClient } from "../../api/client";
import { completeList } from "../../api/list";
import { shownApiKey, shownSshKey } from "../../api/schemas";
import { ConfigurationError } from "../../errors";
import { didYouMean, listed, shape } from "../../lifecycle/inputs";
import { onlyMatch, sshKeyLookup } from "../../api/ssh-key-lookup";
import { printable } from "../../text/quote";
import { UNKNOWN } from "../../lifecycle/lifecycle";
import type { Properties } from "../../lifecycle/lifecycle";
import type { Run } from "../../lifecycle/run";
import { functionTables } from "./schema/functions";
import { decode, encode } from "./values";

type Read = (client: AccountClient) => Promise<object>;

const reads = {
  profile: (client) => client.getProfile(),
  services: (client) => client.listServices(),
  apiKeys: async (client) => completeList(await client.listApiKeys()).map(shownApiKey),
  sshKeys: async (client) => completeList(await client.listSshKeys()).map(shownSshKey),
} satisfies Record<string, Read>;

export class Functions {
  private responses = new Map<string, Promise<object>>();

  /** After it a function never answers from before: its arguments may come from what was changed. */
  noteChange(): void {
    this.responses = new Map();
  }

  async invoke(request: InvokeRequest, context: () => Run): Promise<InvokeResponse> {
    const name = /^wayscloud-account:index:(\w+)$/.exec(request.getTok())?.[1] ?? "";
    const args = argumentsOf(name, decode(request.getArgs()).properties);
    const response = new InvokeResponse();
    // Arguments that are not known yet have no answer yet.
    if (Object.values(args).includes(UNKNOWN)) return response;
    response.setReturn(encode(await this.result(name, args, context)));
    return response;
  }

  private async result(name: string, args: Properties, context: () => Run): Promise<Properties> {
    switch (name) {
      case "getServices":
        return { services: matching(await this.shared("services", reads.services, context), args) };
      case "getApiKeys":
        return { apiKeys: matching(await this.shared("apiKeys", reads.apiKeys, context), args) };
      case "getSshKeys":
        return { sshKeys: await this.shared("sshKeys", reads.sshKeys, context) };
      case "getSshKey": {
        const lookup = sshKeyLookup(Object.entries(args));
        return { ...onlyMatch(await this.shared("sshKeys", reads.sshKeys, context), lookup) };
      }
      default:
        return { ...(await this.shared("profile", reads.profile, context)) };
    }
  }

  private shared<T extends object>(
    kind: string,
    read: (client: AccountClient) => Promise<T>,
    context: () => Run,
  ): Promise<T> {
    const responses = this.responses;
    const known = responses.get(kind) as Promise<T> | undefined;
    if (known) return known;
    const response = read(context().client);
    responses.set(kind, response);
    response.catch(() => responses.delete(kind));
    return response;
  }
}

/** The arguments that are given. @throws ConfigurationError for one that would silently return the wrong entries. */
function argumentsOf(name: string, args: Properties): Properties {
  const table = Object.hasOwn(functionTables, name) ? functionTables[name] : undefined;
  if (!table) {
    throw new ConfigurationError(
      `The provider wayscloud-account has no such function; there are ${listed(Object.keys(functionTables))}.`,
    );
  }
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  const names = Object.keys(table.inputs);
  for (const [field, value] of given) {
    const type = table.inputs[field]?.type;
    if (!type) {
      throw new ConfigurationError(
        `${name}: unknown argument \`${printable(field, 60)}\`${didYouMean(field, names)} The arguments are ${listed(names)}.`,
      );
    }
    if (value !== UNKNOWN && "type" in type && typeof value !== type.type) {
      throw new ConfigurationError(`${name}: \`${field}\` must be a ${type.type}, not ${shape(value)}.`);
    }
  }
  return Object.fromEntries(given);
}

function matching<T extends object>(entries: readonly T[], args: Properties): T[] {
  const given = Object.entries(args);
  return entries.filter((entry) => given.every(([name, value]) => (entry as Properties)[name] === value));
}
