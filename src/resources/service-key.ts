// ServiceKey: an API key for one of the account's services.
import * as pulumi from "@pulumi/pulumi";

import {
  defaultDescription,
  propertiesOf,
  requireArgs,
  typeToken,
  withoutStackTraces,
  withSecretOutputs,
} from "./dynamic-resource";
import type { CommonKeyArgs } from "./existing-key";

/** The services that a key can be for. */
export type ServiceName = "database" | "storage" | "llm-api" | "dns" | "vps";

/** What a {@link ServiceKey} is made of. */
export interface ServiceKeyArgs extends CommonKeyArgs {
  /** The service that the key gives access to: `database`, `storage`, `llm-api`, `dns` or `vps`. A change replaces, new key first. */
  service: pulumi.Input<ServiceName>;
}

/**
 * An API key for one service. The API shows the full key once, at its creation; it is kept, encrypted, in the stack's state.
 *
 * A replacement creates the new key, moves everything in the program that uses `key` to it, and revokes the old one last.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const database = new wayscloud.ServiceKey("database", { service: "database" });
 * export const databaseKey = database.key; // [secret]
 * ```
 *
 * @see POST /v1/account/api-keys/service, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id}
 */
export class ServiceKey extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("ServiceKey");

  /**
   * Looks up a service key that the account has, without managing it. `key` is not known then: the API shows it only at its creation.
   * To manage such a key, pass it as `existing`.
   *
   * @param name The logical name for the looked-up resource.
   * @param id The id of the key in the account.
   * @throws (at preview) when the account holds no service key of this id.
   * @see GET /v1/account/api-keys
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): ServiceKey {
    return new ServiceKey(name, undefined, { ...opts, id });
  }

  /** Is this object a ServiceKey, even one of another copy of this package? */
  public static override isInstance(obj: unknown): obj is ServiceKey {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === ServiceKey.__pulumiType;
  }

  /** The full key. Secret: encrypted in the state, `[secret]` wherever the engine prints it. */
  declare public readonly key: pulumi.Output<string>;
  /** The beginning of the key, by which the key list shows it. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** The kind of key in the API's words, `service`. */
  declare public readonly keyType: pulumi.Output<string>;
  /** The service that the key is for. */
  declare public readonly service: pulumi.Output<string>;
  /** What the key list shows beside the key. */
  declare public readonly description: pulumi.Output<string>;
  /** What the key may do, `database:read`. Told by the key list only: known after the first `pulumi refresh`. */
  declare public readonly scopes: pulumi.Output<string[] | undefined>;
  /** Does the account list it as active, as of the last refresh? */
  declare public readonly isActive: pulumi.Output<boolean>;
  /** When it was created, by the server's clock, RFC 3339. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** When it was last used, RFC 3339, as of the last refresh; absent if never. */
  declare public readonly lastUsedAt: pulumi.Output<string | undefined>;

  /**
   * @param name The logical name, unique among the stack's service keys.
   * @param args The service and further options.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: ServiceKeyArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  public constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  public constructor(name: string, args: ServiceKeyArgs | undefined, opts?: pulumi.CustomResourceOptions) {
    const outputs = ["key", "keyPrefix", "keyType", "scopes", "isActive", "createdAt", "lastUsedAt"];
    requireArgs("ServiceKey", name, args, opts, "apiKey");
    const inputs = args && keyInputs(name, args);
    const traces = withoutStackTraces();
    try {
      super(
        ServiceKey.__pulumiType,
        name,
        propertiesOf("serviceKey", inputs, inputs ? outputs : ["service", "description", ...outputs]),
        withSecretOutputs(opts, "key"),
      );
      this.key = pulumi.secret(this.key);
    } catch (error) {
      throw traces.located(error);
    } finally {
      traces.restore();
    }
  }
}

/** The inputs with the default description, and with `existing` secret as a whole. */
export function keyInputs<A extends CommonKeyArgs>(name: string, args: A): A {
  return {
    ...args,
    description: args.description ?? defaultDescription(name),
    ...(args.existing === undefined ? {} : { existing: pulumi.secret(args.existing) }),
  };
}
