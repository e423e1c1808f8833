// The resource classes of "pulumi-wayscloud/native", with the plugin as their host.
import * as pulumi from "@pulumi/pulumi";

import { isInstanceOf, typeToken } from "../resources/declaration";
import type { Host } from "../resources/declaration";
import { SshKey as DynamicSshKey } from "../resources/ssh-key";
import { SshKeySet as DynamicSshKeySet } from "../resources/ssh-key-set";
import { ServiceKey as DynamicServiceKey } from "../resources/service-key";
import { PersonalAccessToken as DynamicPersonalAccessToken } from "../resources/personal-access-token";
import { RotatingServiceKey as DynamicRotatingServiceKey } from "../resources/rotating-service-key";
import { RotatingPersonalAccessToken as DynamicRotatingPersonalAccessToken } from "../resources/rotating-personal-access-token";
import { checkProvider, nativeType, PLUGIN } from "./provider";

/** The plugin fills in the defaults itself. */
const plugin: Host = (className, name, args, opts) => {
  const provider = opts?.provider ?? opts?.parent?.getProvider(nativeType(className));
  checkProvider(`${className} "${name}"`, provider);
  // A state of the dynamic class moves over: the same key under the new type.
  const moved = { ...PLUGIN, aliases: [{ type: typeToken(className) }] };
  return { given: { ...args }, options: pulumi.mergeOptions(moved, opts) };
};

/**
 * Gives a subclass the plugin as its host. The result constructs the dynamic class itself, because a default
 * constructor would be in the stack, where the SDK takes the caller of the dynamic constructor as the user's
 * line. The proxy keeps `new.target` what the program calls.
 */
function servedByPlugin<Class extends { readonly __pulumiType: string; prototype: object }>(
  subclass: Class,
): Class {
  const dynamic = Object.getPrototypeOf(subclass) as Class & (() => void);
  const type = nativeType(subclass.__pulumiType.replace(/^.*:/, ""));
  Object.assign(subclass, { __pulumiType: type, __host: plugin, isInstance: isInstanceOf(type) });
  const bound = Object.setPrototypeOf(dynamic.bind(undefined), dynamic) as Class;
  const served = new Proxy(Object.defineProperties(bound, Object.getOwnPropertyDescriptors(subclass)), {});
  Object.assign(subclass.prototype, { constructor: served });
  return served;
}

/**
 * An SSH public key, which WAYSCloud installs on every VPS created afterwards. Deleting the resource removes
 * the key from the account; servers that already have it are not changed.
 *
 * The plugin serves it: the options `import`, `replaceOnChanges` and `customTimeouts` work, and previews show
 * what changes.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const deploy = new wayscloud.SshKey("deploy", { publicKey: readFileSync("deploy.pub", "utf8") });
 * ```
 */
@servedByPlugin
export class SshKey extends DynamicSshKey {}

/**
 * A team's SSH public keys as one resource; WAYSCloud installs them on every VPS created afterwards.
 *
 * The plugin serves it: the options `replaceOnChanges` and `customTimeouts` work, and previews show what
 * changes.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const team = new wayscloud.SshKeySet("team", { publicKeys: { anna: readFileSync("keys/anna.pub", "utf8") } });
 * ```
 */
@servedByPlugin
export class SshKeySet extends DynamicSshKeySet {}

/**
 * An API key for one service. The API shows the full key once, at its creation; it is stored, encrypted, in
 * the stack's state.
 *
 * The plugin serves it: the options `import`, `replaceOnChanges` and `customTimeouts` work, and previews show
 * what changes.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const database = new wayscloud.ServiceKey("database", { service: "database" });
 * export const databaseKey = database.key; // [secret]
 * ```
 */
@servedByPlugin
export class ServiceKey extends DynamicServiceKey {}

/**
 * A personal access token for the Account API. The API shows it once, at its creation; it is stored,
 * encrypted, in the stack's state.
 *
 * The plugin serves it: the options `import`, `replaceOnChanges` and `customTimeouts` work, and previews show
 * what changes.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const ci = new wayscloud.PersonalAccessToken("ci", { scopes: ["services:read"], expiresInDays: 90, rotateBeforeDays: 14 });
 * export const ciToken = ci.key; // [secret]
 * ```
 */
@servedByPlugin
export class PersonalAccessToken extends DynamicPersonalAccessToken {}

/**
 * A service key that rotates without downtime: when a rotation is due, `pulumi up` creates a new key, and the
 * previous one stays valid for `overlapDays`.
 *
 * The plugin serves it: the options `replaceOnChanges` and `customTimeouts` work, and previews show what
 * changes.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const database = new wayscloud.RotatingServiceKey("database", { service: "database", rotateEveryDays: 30, overlapDays: 7 });
 * export const databaseKey = database.key; // [secret]
 * ```
 */
@servedByPlugin
export class RotatingServiceKey extends DynamicRotatingServiceKey {}

/**
 * A personal access token that rotates without downtime, as {@link RotatingServiceKey} does, for example that
 * of CI.
 *
 * The plugin serves it: the options `replaceOnChanges` and `customTimeouts` work, and previews show what
 * changes.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const ci = new wayscloud.RotatingPersonalAccessToken("ci", { scopes: ["api_keys:write"], rotateEveryDays: 30, overlapDays: 7 });
 * export const ciToken = ci.key; // [secret]
 * ```
 */
@servedByPlugin
export class RotatingPersonalAccessToken extends DynamicRotatingPersonalAccessToken {}
