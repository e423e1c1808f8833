// The memory of one run: the account, its lists, who holds which key, and creations with an unknown outcome.
import type * as api from "../api/client";
import type { AccountClient } from "../api/client";
import type { ApiKey, SshKeyRecord } from "../api/schemas";
import type { Log } from "../api/send";
import type { Timing } from "../api/timing";
import { resolveConnection } from "../config";
import type { ConfigLookup } from "../config";
import { AccountList } from "./account-list";
import type { Creations } from "./create-once/creation";
import { apiKeyClaim, Holders, sshKeyClaim } from "./holders";

/** The account, connected at the first request of a process. */
interface Account {
  client: AccountClient;
  apiKeys: AccountList<ApiKey>;
  sshKeys: AccountList<SshKeyRecord>;
}

export class Run {
  private connected: Account | undefined;

  constructor(
    private readonly connect: () => AccountClient,
    readonly log: Log,
    readonly holders = new Holders(),
  ) {}

  /** The names of the SSH keys that this run registered, by fingerprint: only one resource may hold each. */
  readonly materials = new Map<string, string>();

  /** Creations of this run, and their possible leftovers. */
  get creations(): Creations {
    return this.holders.creations;
  }

  get client(): AccountClient {
    return this.account.client;
  }

  get apiKeys(): AccountList<ApiKey> {
    return this.account.apiKeys;
  }

  get sshKeys(): AccountList<SshKeyRecord> {
    return this.account.sshKeys;
  }

  /** A failure is not kept: every call reports its own. */
  private get account(): Account {
    return (this.connected ??= accountOf(this.connect()));
  }
}

function accountOf(client: AccountClient): Account {
  return {
    client,
    apiKeys: new AccountList(client, {
      label: "API keys",
      claimOf: apiKeyClaim,
      list: (operation) => client.listApiKeys(operation),
      remove: (id, operation) => client.revokeApiKey(id, operation),
      isLive: ({ isActive }) => isActive,
    }),
    sshKeys: new AccountList(client, {
      label: "SSH keys",
      claimOf: sshKeyClaim,
      list: (operation) => client.listSshKeys(operation),
      remove: (id, operation) => client.deleteSshKey(id, operation),
      isLive: () => true,
    }),
  };
}

/** A run in the account of this configuration. */
export function createRun(
  config: ConfigLookup,
  configSource: string | (() => string),
  options: { timing?: Timing; log: Log; holders?: Holders },
): Run {
  const connect = (): AccountClient => {
    const connection = resolveConnection(
      config,
      typeof configSource === "string" ? configSource : configSource(),
    );
    // Loading axios and zod takes much of the start-up time, and a run that changes nothing needs neither.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded late, and synchronously
    const { AccountClient: Client } = require("../api/client") as typeof api;
    return new Client(connection, options);
  };
  return new Run(connect, options.log, options.holders);
}
