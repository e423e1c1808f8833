// The typed client: one documented method for each of the API's nine endpoints.
import type { z } from "zod";

import { WaysCloudError } from "../errors";
import { RateLimiter } from "./rate-limiter";
import { pathSegment } from "./path-segment";
import { parseResponse, parseList } from "./parse";
import * as wire from "./schemas";
import type { ApiKey, CreatedKey, Profile, Service, SshKeyRecord } from "./schemas";
import { send } from "./send";
import type { Request, Sender } from "./send";
import { Operation, realTiming, serverTime } from "./timing";
import type { Timing } from "./timing";
import { createTransport } from "./transport";
import type { Connection, HttpResponse } from "./transport";

/** A value with the server's own clock at the time of the response (ms since the epoch), if it told it. */
export interface WithServerTime<T> {
  value: T;
  serverTime: number | undefined;
}

/** What the API answered to a deletion. That it does not know the id is no proof: a wrong path or a proxy can say the same. */
export type Removal = "deleted" | "not-found";

const KEYS = "/v1/account/api-keys";
const SSH_KEYS = "/v1/account/ssh-keys";

/** What a client may be given besides its connection. */
export interface ClientOptions {
  timing?: Timing;
  log?: (line: string) => void;
}

export class AccountClient {
  readonly timing: Timing;
  private readonly sender: Sender;

  constructor(
    readonly connection: Connection,
    options: ClientOptions = {},
  ) {
    this.timing = options.timing ?? realTiming;
    this.sender = {
      connection,
      transport: createTransport(connection),
      limiter: new RateLimiter(this.timing),
      timing: this.timing,
      log: options.log ?? (() => undefined),
    };
    if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0" && connection.endpoint.startsWith("https:")) {
      this.sender.log(
        "NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always verified. For a private authority, set NODE_EXTRA_CA_CERTS.",
      );
    }
  }

  /** A new time budget, titled for messages. */
  operation(title: string): Operation {
    return new Operation(this.timing, title);
  }

  /** The account's profile. @see GET /v1/account/profile */
  async getProfile(operation = this.operation("Reading the profile")): Promise<Profile> {
    const request = { method: "GET", path: "/v1/account/profile", operation } as const;
    return this.parse(wire.profile, request, await send(this.sender, request));
  }

  /** All active services. @see GET /v1/account/services */
  async listServices(operation = this.operation("Reading the services")): Promise<Service[]> {
    return (await this.list(wire.service, "/v1/account/services", operation)).value;
  }

  /** All service keys and tokens. @see GET /v1/account/api-keys */
  listApiKeys(operation = this.operation("Reading the API keys")): Promise<WithServerTime<ApiKey[]>> {
    return this.list(wire.apiKey, KEYS, operation);
  }

  /** All SSH keys. @see GET /v1/account/ssh-keys */
  listSshKeys(operation = this.operation("Reading the SSH keys")): Promise<WithServerTime<SshKeyRecord[]>> {
    return this.list(wire.sshKey, SSH_KEYS, operation);
  }

  /** Creates a service key; its `key` is shown this once. @see POST /v1/account/api-keys/service */
  createServiceKey(
    body: { service: string; description?: string },
    operation: Operation,
  ): Promise<WithServerTime<CreatedKey>> {
    return this.create(wire.createdKey, `${KEYS}/service`, body, operation);
  }

  /** Creates a personal access token; its `key` is shown this once. @see POST /v1/account/api-keys/pat */
  createPersonalAccessToken(
    body: { scopes: readonly string[]; description?: string; expires_in_days?: number },
    operation: Operation,
  ): Promise<WithServerTime<CreatedKey>> {
    return this.create(wire.createdKey, `${KEYS}/pat`, body, operation);
  }

  /** Registers an SSH public key. @see POST /v1/account/ssh-keys */
  createSshKey(
    body: { name: string; public_key: string },
    operation: Operation,
  ): Promise<WithServerTime<SshKeyRecord>> {
    return this.create(wire.sshKey, SSH_KEYS, body, operation);
  }

  /** Revokes a service key or token, at once and for good; one that is gone already is fine. @see DELETE /v1/account/api-keys/{key_id} */
  revokeApiKey(id: string, operation: Operation): Promise<Removal> {
    return this.remove(KEYS, id, operation);
  }

  /** Removes an SSH key; one that is gone already is fine. @see DELETE /v1/account/ssh-keys/{key_id} */
  deleteSshKey(id: string, operation: Operation): Promise<Removal> {
    return this.remove(SSH_KEYS, id, operation);
  }

  private async list<T extends z.ZodType>(
    item: T,
    path: string,
    operation: Operation,
  ): Promise<WithServerTime<z.output<T>[]>> {
    const request = { method: "GET", path, operation } as const;
    const response = await send(this.sender, request);
    return { value: parseList(item, response, sourceOf(request)), serverTime: serverTime(response.headers) };
  }

  private async create<T extends z.ZodType>(
    schema: T,
    path: string,
    body: object,
    operation: Operation,
  ): Promise<WithServerTime<z.output<T>>> {
    const request = { method: "POST", path, body, operation } as const;
    const response = await send(this.sender, request);
    return { value: this.parse(schema, request, response), serverTime: serverTime(response.headers) };
  }

  private async remove(collection: string, id: string, operation: Operation): Promise<Removal> {
    const request = { method: "DELETE", path: `${collection}/${pathSegment(id)}`, operation } as const;
    try {
      const response = await send(this.sender, request);
      if (response.text.trim() !== "") this.parse(wire.deleted, request, response);
      return "deleted";
    } catch (error) {
      if (error instanceof WaysCloudError && (error.status === 404 || error.status === 410))
        return "not-found";
      throw error;
    }
  }

  private parse<T extends z.ZodType>(schema: T, request: Request, response: HttpResponse): z.output<T> {
    return parseResponse(schema, response, sourceOf(request));
  }
}

function sourceOf(request: Request): { title: string; method: string; path: string } {
  return { title: request.operation.title, method: request.method, path: request.path };
}
