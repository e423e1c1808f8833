// Everything that one run knows: the account, its lists, who holds which key, and creations whose outcome is unknown. Nothing else is remembered.
import type * as api from "../api/client";
import type { AccountClient } from "../api/client";
import type { ApiKey, SshKeyRecord } from "../api/schemas";
import type { Operation, Timing } from "../api/timing";
import { resolveConnection } from "../config";
import type { ConfigLookup } from "../config";
import { MalformedResponseError } from "../errors";
import { LostCreations } from "./create-once/retried-creation";
import { Holders } from "./holders";
import { Listing } from "./listing";
import type { SshKeySetState } from "./ssh-key-set/state";

/** One collection of the account: what is in it, and how something leaves it. */
export class Collection<T extends { id: string }> extends Listing<T> {
  constructor(
    private readonly client: AccountClient,
    private readonly of: {
      label: string;
      list: ConstructorParameters<typeof Listing<T>>[0];
      remove: AccountClient["revokeApiKey"];
      isLive: (entry: T) => boolean;
    },
  ) {
    super(of.list, client.timing);
  }

  /** Removes it for good. A response that does not confirm it is believed only of an account whose complete list does not show the id either. */
  async remove(id: string, during: string | Operation): Promise<void> {
    const operation = typeof during === "string" ? this.client.operation(during) : during;
    const doubt = await this.doubtOf(id, operation);
    if (doubt && !(await this.isGone(id, this.of.isLive))) throw doubt;
    this.noteRemoved(id);
  }

  /** Why the response does not prove that it is removed, if so. */
  private async doubtOf(id: string, operation: Operation): Promise<MalformedResponseError | undefined> {
    try {
      if ((await this.of.remove(id, operation)) === "deleted") return undefined;
    } catch (error) {
      // A success that cannot be read. (Of ambiguous outcome only what was sent is.)
      if (error instanceof MalformedResponseError && error.outcome === "ambiguous") return error;
      throw error;
    }
    return new MalformedResponseError({
      message:
        `${operation.title} failed: the API answered that ${id} does not exist, but the list of the account's ${this.of.label} still shows it.` +
        " A wrong path in wayscloud-account:endpoint or a proxy may be the cause. The state was not changed; check the endpoint, then run the command again.",
      outcome: "rejected",
    });
  }
}

/** The account at hand, connected at the first request of a process and not before. */
interface Account {
  client: AccountClient;
  apiKeys: Collection<ApiKey>;
  sshKeys: Collection<SshKeyRecord>;
}

export class Run {
  readonly lostCreations = new LostCreations();
  /** Sets of SSH keys as this run has left them, where it could not do all: by inputs (creations) and by id. */
  readonly incompleteSets = new Map<string, SshKeySetState>();
  private connected: Account | undefined;

  constructor(
    private readonly connect: () => AccountClient,
    /** A line for the user's terminal. */
    readonly log: (line: string) => void,
    readonly holders = new Holders(),
  ) {}

  get client(): AccountClient {
    return this.account.client;
  }

  get apiKeys(): Collection<ApiKey> {
    return this.account.apiKeys;
  }

  get sshKeys(): Collection<SshKeyRecord> {
    return this.account.sshKeys;
  }

  /** A failure is not kept: every call says for itself what is wrong. */
  private get account(): Account {
    return (this.connected ??= accountOf(this.connect()));
  }
}

function accountOf(client: AccountClient): Account {
  return {
    client,
    apiKeys: new Collection(client, {
      label: "API keys",
      list: (operation) => client.listApiKeys(operation),
      remove: (id, operation) => client.revokeApiKey(id, operation),
      isLive: ({ isActive }) => isActive,
    }),
    sshKeys: new Collection(client, {
      label: "SSH keys",
      list: (operation) => client.listSshKeys(operation),
      remove: (id, operation) => client.deleteSshKey(id, operation),
      isLive: () => true,
    }),
  };
}

/** A run with the account of this configuration. */
export function createRun(
  config: ConfigLookup,
  configSource: string | (() => string),
  options: { timing?: Timing; log: (line: string) => void; holders?: Holders },
): Run {
  const connect = (): AccountClient => {
    const connection = resolveConnection(
      config,
      typeof configSource === "string" ? configSource : configSource(),
    );
    // axios and zod cost a good part of the start-up, and a run that changes nothing needs neither.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded late, and synchronously
    const { AccountClient: Client } = require("../api/client") as typeof api;
    return new Client(connection, options);
  };
  return new Run(connect, options.log, options.holders);
}
