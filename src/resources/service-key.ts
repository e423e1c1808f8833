// ServiceKey: an API key for one of the account's services.
import type * as pulumi from "@pulumi/pulumi";

import { declaration, isInstanceOf, lookUp, typeToken } from "./declaration";
import type { StateOf } from "./declaration";
import type { CommonKeyArgs } from "./key-args";
import { SingleKey } from "./key-outputs";

/** The services that a key can be for. */
export const ServiceName = {
  Database: "database",
  Storage: "storage",
  LlmApi: "llm-api",
  Dns: "dns",
  Vps: "vps",
} as const;

/** The services that a key can be for: the values of the object of this name, or plain strings. */
export type ServiceName = (typeof ServiceName)[keyof typeof ServiceName];

/** Arguments for {@link ServiceKey}. */
export interface ServiceKeyArgs extends CommonKeyArgs {
  /**
   * The service that the key gives access to: `database`, `storage`, `llm-api`, `dns` or `vps`; anything else
   * fails during preview. Changing it replaces the key; the new key is created before the old one is revoked.
   */
  service: pulumi.Input<ServiceName>;
}

/**
 * The state that {@link ServiceKey.get} accepts for compatibility with other SDKs. Everything is read from
 * the account instead.
 */
export interface ServiceKeyState extends StateOf<ServiceKey> {
  service?: pulumi.Input<ServiceName> | undefined;
}

/**
 * An API key for one service. The API shows the full key once, at its creation; it is stored, encrypted, in
 * the stack's state.
 *
 * A replacement creates the new key, moves everything in the program that uses `key` to it, and revokes the
 * old one last. If consumers are in other stacks, use {@link RotatingServiceKey}, which keeps the previous
 * key valid for an overlap.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const database = new wayscloud.ServiceKey("database", { service: "database" });
 * export const databaseKey = database.key; // [secret]
 * ```
 *
 * @see POST /v1/account/api-keys/service, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id} of
 * the Account API
 */
export class ServiceKey extends SingleKey {
  /** @internal */
  public static readonly __pulumiType = typeToken("ServiceKey");

  /**
   * Reads an existing service key without managing it: destroying the stack leaves it in the account. `key`
   * is `undefined`, because the API shows it only at its creation. To manage such a key, pass it as
   * `existing`.
   *
   * @param name The logical name of the resource.
   * @param id The id of the key in the account.
   * @param rest The state, which is not needed because everything is read from the account, and Pulumi's
   *   resource options; or the options alone.
   * @throws {Error} During preview, if the account has no service key with this id.
   * @see GET /v1/account/api-keys
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    ...rest:
      [state?: ServiceKeyState, opts?: pulumi.CustomResourceOptions] | [opts?: pulumi.CustomResourceOptions]
  ): ServiceKey {
    return lookUp(this, "ServiceKey", name, id, ...rest);
  }

  /** Returns true if the object is a `ServiceKey`, of any copy of this package. */
  public static override readonly isInstance = isInstanceOf<ServiceKey>(this.__pulumiType);

  /** The service of the key. */
  declare public readonly service: pulumi.Output<string>;
  /** The scopes of the key, such as `["database:read"]`; `null` until a refresh: only the list shows them. */
  declare public readonly scopes: pulumi.Output<string[] | null>;

  /**
   * Creates an API key for one service; `key` is the full key, a secret.
   *
   * @param name The logical name, unique among the stack's service keys.
   * @param args The service and other arguments.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: ServiceKeyArgs, opts?: pulumi.CustomResourceOptions) {
    const declared = declaration(new.target, "ServiceKey", name, args, opts);
    try {
      super(...declared.forSuper);
      declared.complete(this);
    } catch (error) {
      throw declared.withStack(error);
    }
  }
}
