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

export class Run {
  readonly apiKeys: AccountList<ApiKey>;
  readonly sshKeys: AccountList<SshKeyRecord>;
  /** The names of the SSH keys that this run registered, by fingerprint: only one resource may hold each. */
  readonly materials = new Map<string, string>();
  private connected: AccountClient | undefined;

  constructor(
    private readonly connect: () => AccountClient,
    readonly log: Log,
    readonly holders = new Holders(),
  ) {
    this.apiKeys = new AccountList(this, {
      label: "API keys",
      claimOf: apiKeyClaim,
      list: (operation) => this.client.listApiKeys(operation),
      remove: (id, operation) => this.client.revokeApiKey(id, operation),
      isLive: ({ isActive }) => isActive,
    });
    this.sshKeys = new AccountList(this, {
      label: "SSH keys",
      claimOf: sshKeyClaim,
      list: (operation) => this.client.listSshKeys(operation),
      remove: (id, operation) => this.client.deleteSshKey(id, operation),
      isLive: () => true,
    });
  }

  /** Creations of this run, and their possible leftovers. */
  get creations(): Creations {
    return this.holders.creations;
  }

  /** Connects to the account at the first request. A failure is not kept: every call reports its own. */
  get client(): AccountClient {
    return (this.connected ??= this.connect());
  }
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
