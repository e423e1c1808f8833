// The account of a data function: provider, client, and the lists that the calls of a program run share.
import * as pulumi from "@pulumi/pulumi";

import type { AccountClient } from "../api/client";
import type { Connection } from "../api/transport";
import { resolveConnection } from "../config";
import { API_KEY, CUSTOMER_ID, ENDPOINT } from "../settings";
import { ConfigurationError } from "../errors";
import { Provider } from "../provider";
import type { Request } from "../queries/queries";
import { moment, Responses } from "../queries/shared-list";
import { checkStackConfig, STACK_CONFIG, stackConfig } from "../stack-config";
import type { DataOptions } from "./functions";

/**
 * The explicit provider of a call, or its parent's.
 *
 * @throws ConfigurationError for a provider of another package: an explicit account never becomes another
 * one.
 */
export function providerOf(name: string, { provider, parent }: DataOptions): Provider | undefined {
  const given: unknown = provider ?? parent?.getProvider("pulumi-nodejs:dynamic/wayscloud:Data");
  if (given === undefined || given === null) return undefined;
  if (Provider.isInstance(given)) return given;
  throw new ConfigurationError(
    `${name}: ${provider ? "`provider`" : "the provider of `parent`"} is not a Provider of pulumi-wayscloud: new wayscloud.Provider(name, { patToken }).`,
  );
}

/** Of a call without a provider: at that moment. */
export function defaultConnection(): Connection {
  checkStackConfig();
  return resolveConnection(stackConfig, STACK_CONFIG);
}

/** Known as soon as the provider's account is. Not secret: data read with a credential is not. */
export function connecting(provider: Provider): pulumi.Output<() => Connection> {
  const { apiKey, endpoint, customerId } = provider;
  const known = pulumi.all({ [API_KEY]: apiKey, [ENDPOINT]: endpoint, [CUSTOMER_ID]: customerId });
  return pulumi.unsecret(known).apply(
    (inputs: Readonly<Record<string, string | undefined>>) => () =>
      resolveConnection(
        (option) => inputs[option],
        () => "the explicit Provider",
      ),
  );
}

/** The response of this account, requested at `notBefore` or later (0: at any time of this program run). */
export function read<T extends object>(
  connection: Connection,
  request: Request<T>,
  notBefore: number,
): Promise<T> {
  const run = pulumi.runtime.getStackResource();
  const accounts = runs.get(run ?? runs) ?? new Map<string, Responses>();
  runs.set(run ?? runs, accounts);
  const key = JSON.stringify(connection);
  const responses = accounts.get(key) ?? new Responses(() => clientFor(connection));
  accounts.set(key, responses);
  // A script may run for days: only calls at the same time share a response.
  return responses.since(request, run ? notBefore : moment());
}

/** By the root stack: inline programs of the Automation API share a process. Without one, by this map. */
const runs = new WeakMap<object, Map<string, Responses>>();
const clients = new Map<string, AccountClient>();

/** A client for the account, with the HTTP and schema libraries loaded only now. */
function clientFor(connection: Connection): AccountClient {
  const key = JSON.stringify(connection);
  let client = clients.get(key);
  if (!client) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import of the package must cost next to nothing
    const api = require("../api/client") as typeof import("../api/client");
    client = new api.AccountClient(connection, { log: (line) => void pulumi.log.info(line) });
    clients.set(key, client);
  }
  return client;
}
