// The typed client: one documented method for each of the API's nine endpoints.
import type { z } from "zod";

import { AccountMismatchError, beforeSending, WaysCloudError } from "../errors";
import { RateLimiter } from "./rate-limiter";
import { completeList } from "./list";
import type { ParsedList } from "./list";
import { pathSegment } from "./address";
import { parseList, parseResponse } from "./parse";
import * as wire from "./schemas";
import { errorOfOtherAccount } from "./request-errors";
import { send } from "./send";
import type { Log, Sender } from "./send";
import { ageOf, Operation, realTiming, serverTime } from "./timing";
import type { Timing } from "./timing";
import { createTransport } from "./transport";
import type { Connection, HttpResponse, Request } from "./transport";

/**
 * A value with the server's clock at the time of the response (ms since the epoch), if the response has a
 * `Date`.
 */
export interface WithServerTime<T> {
  value: T;
  serverTime: number | undefined;
}

/** A complete list, with the server's clock when it was generated, and its age (ms) in a cache. */
export type ApiList<T> = WithServerTime<T[]> & ParsedList<T> & { age?: number };

/** The outcome of a deletion. `not-found` (404, 410) proves nothing: a wrong endpoint answers the same. */
export type Removal = "deleted" | "not-found";

const PROFILE = "/v1/account/profile";
const KEYS = "/v1/account/api-keys";
const SSH_KEYS = "/v1/account/ssh-keys";

export class AccountClient {
  readonly timing: Timing;
  private readonly sender: Sender;
  /** The profile, which shows whose account this is. If a customer id is expected, it is read first. */
  private identity: Promise<HttpResponse> | undefined;

  constructor(
    readonly connection: Connection,
    { timing = realTiming, log = () => undefined }: { timing?: Timing; log?: Log } = {},
  ) {
    this.timing = timing;
    this.sender = {
      connection,
      transport: createTransport(connection),
      limiter: new RateLimiter(timing),
      timing,
      log,
    };
    if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0" && connection.endpoint.startsWith("https:")) {
      this.sender.log(
        "NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always verified. For a private authority, set NODE_EXTRA_CA_CERTS.",
      );
    }
  }

  /** The server's clock now (ms), by the latest response of whatever status that showed it. */
  serverNow(): number | undefined {
    const { clock } = this.sender;
    return clock && clock.server + this.timing.monotonic() - clock.monotonic;
  }

  operation(title: string): Operation {
    return new Operation(this.timing, title);
  }

  /** The account's profile. @see GET /v1/account/profile */
  async getProfile(operation = this.operation("Reading the profile")): Promise<wire.Profile> {
    const request = { method: "GET", path: PROFILE, operation } as const;
    const response = this.connection.expectedAccount
      ? await this.identify(operation.title)
      : await send(this.sender, request);
    return parseResponse(wire.profile, response, request);
  }

  /** All active services. @see GET /v1/account/services */
  async listServices(operation = this.operation("Reading the services")): Promise<wire.Service[]> {
    return completeList(await this.list(wire.service, "/v1/account/services", operation));
  }

  /** All service keys and tokens. @see GET /v1/account/api-keys */
  listApiKeys(operation = this.operation("Reading the API keys")): Promise<ApiList<wire.ApiKey>> {
    return this.list(wire.apiKey, KEYS, operation);
  }

  /** All SSH keys. @see GET /v1/account/ssh-keys */
  listSshKeys(operation = this.operation("Reading the SSH keys")): Promise<ApiList<wire.SshKeyRecord>> {
    return this.list(wire.sshKey, SSH_KEYS, operation);
  }

  /** Creates a service key; its `key` is shown this once. @see POST /v1/account/api-keys/service */
  createServiceKey(key: wire.NewServiceKey, operation: Operation): Promise<WithServerTime<wire.CreatedKey>> {
    return this.create(wire.createdKey, `${KEYS}/service`, wire.serviceKeyBody(key), operation);
  }

  /** Creates a personal access token; its `key` is shown this once. @see POST /v1/account/api-keys/pat */
  createPersonalAccessToken(
    token: wire.NewPersonalAccessToken,
    operation: Operation,
  ): Promise<WithServerTime<wire.CreatedKey>> {
    return this.create(wire.createdKey, `${KEYS}/pat`, wire.tokenBody(token), operation);
  }

  /** Registers an SSH public key. @see POST /v1/account/ssh-keys */
  createSshKey(key: wire.NewSshKey, operation: Operation): Promise<WithServerTime<wire.SshKeyRecord>> {
    return this.create(wire.sshKey, SSH_KEYS, wire.sshKeyBody(key), operation);
  }

  /** Revokes a service key or token, at once and for good. @see DELETE /v1/account/api-keys/{key_id} */
  revokeApiKey(id: string, operation: Operation): Promise<Removal> {
    return this.remove(KEYS, id, operation);
  }

  /** Removes an SSH key. @see DELETE /v1/account/ssh-keys/{key_id} */
  deleteSshKey(id: string, operation: Operation): Promise<Removal> {
    return this.remove(SSH_KEYS, id, operation);
  }

  private async list<T extends z.ZodType>(
    item: T,
    path: string,
    operation: Operation,
  ): Promise<ApiList<z.output<T>>> {
    const request = { method: "GET", path, operation } as const;
    const response = await this.send(request);
    const { headers } = response;
    return {
      ...parseList(item, response, request),
      serverTime: serverTime(headers),
      age: ageOf(headers),
    };
  }

  private async create<T extends z.ZodType>(
    schema: T,
    path: string,
    body: object,
    operation: Operation,
  ): Promise<WithServerTime<z.output<T>>> {
    const request = { method: "POST", path, body, operation } as const;
    const response = await this.send(request);
    return { value: parseResponse(schema, response, request), serverTime: serverTime(response.headers) };
  }

  private async remove(collection: string, id: string, operation: Operation): Promise<Removal> {
    const request = { method: "DELETE", path: `${collection}/${pathSegment(id)}`, operation } as const;
    try {
      const response = await this.send(request);
      // A response with any other success status must have a body.
      if (response.status !== 204) parseResponse(wire.deleted, response, request);
      return "deleted";
    } catch (error) {
      if (error instanceof WaysCloudError && (error.status === 404 || error.status === 410))
        return "not-found";
      throw error;
    }
  }

  /** Sends any request except that of the profile, and only to the expected account. */
  private async send(request: Request): Promise<HttpResponse> {
    if (this.connection.expectedAccount) await this.identify(request.operation.title);
    return send(this.sender, request);
  }

  /** Reads the profile once per process. @throws AccountMismatchError if it is another account's. */
  private async identify(title: string): Promise<HttpResponse> {
    const operation = this.operation("Checking the account");
    const request = { method: "GET", path: PROFILE, operation } as const;
    this.identity ??= send(this.sender, request);
    const identity = this.identity;
    try {
      const response = await identity;
      const { customerId } = parseResponse(wire.identity, response, request);
      if (customerId !== this.connection.expectedAccount?.value) {
        throw errorOfOtherAccount(this.connection, title, customerId);
      }
      return response;
    } catch (error) {
      // A mismatch is final, but a failed request may succeed the next time.
      if (!(error instanceof AccountMismatchError) && this.identity === identity) this.identity = undefined;
      throw error instanceof WaysCloudError ? beforeSending(error) : error;
    }
  }
}
