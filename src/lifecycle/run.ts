// The account of this process: resolved, and its client loaded, at the first request and not before.
import type * as api from "../api/client";
import type { Timing } from "../api/timing";
import { resolveConnection } from "../config";
import type { ConfigLookup } from "../config";
import { Claims } from "./claims";
import type { Context } from "./lifecycle";
import { Listing } from "./listing";

export function createContext(
  config: ConfigLookup,
  configSource: string,
  options: { timing?: Timing; log: (line: string) => void },
): Context {
  const account = resolveConnection(config, configSource);
  // axios and zod cost a good part of the start-up, and a run that changes nothing needs neither.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded late, and synchronously
  const { AccountClient } = require("../api/client") as typeof api;
  const client = new AccountClient(account, options);
  return {
    client,
    apiKeys: new Listing((operation) => client.listApiKeys(operation), client.timing),
    sshKeys: new Listing((operation) => client.listSshKeys(operation), client.timing),
    claims: new Claims(),
    log: options.log,
  };
}
