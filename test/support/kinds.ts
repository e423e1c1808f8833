// One declaration of each kind of resource, under the name "it", for tests of what holds for every kind.
import type { Properties } from "../../src/values";
import { resources, type Resource, type ResourceName } from "./engine-resources";
import { publicKey } from "./public-key";

const MARKED = { description: "pulumi test/dev/it #${hex(7)}" };
const ROTATED = { description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" };
/** A resource of each kind as a program declares it, under the name "it". */
export const DECLARED = {
  ServiceKey: { service: "dns", ...MARKED },
  PersonalAccessToken: { scopes: ["dns:read"], ...MARKED },
  RotatingServiceKey: { service: "dns", ...ROTATED },
  RotatingPersonalAccessToken: { scopes: ["dns:read"], ...ROTATED },
  SshKey: { publicKey: publicKey(1), name: "it-${hex(7)}" },
  SshKeySet: { publicKeys: { it: publicKey(1) } },
} satisfies Record<ResourceName, Properties>;

/** Rows for `describe.each`: what the title calls it, the resource, its inputs. */
const row = <T extends ResourceName>(what: string, name: T) =>
  [what, resources[name], DECLARED[name]] as const;
export const SERVICE_KEY = row("service key", "ServiceKey");
export const TOKEN = row("token", "PersonalAccessToken");
export const ROTATING_KEY = row("rotating service key", "RotatingServiceKey");
export const ROTATING_TOKEN = row("rotating token", "RotatingPersonalAccessToken");
export const SSH_KEY = row("SSH key", "SshKey");
export const SSH_KEY_SET = row("SSH key set", "SshKeySet");
export const API_KEYS = [SERVICE_KEY, TOKEN, ROTATING_KEY, ROTATING_TOKEN] as const;
export const SSH_KEYS = [SSH_KEY, SSH_KEY_SET] as const;
/** Every kind but the set. */
export const KEYS = [...API_KEYS, SSH_KEY] as const;
/** One of each lifecycle, and both kinds of plain keys. */
export const KINDS = [SERVICE_KEY, TOKEN, ROTATING_KEY, ...SSH_KEYS] as const;

const forToken: { scopes: string[] } = { scopes: ["dns:read"] };
/** Both kinds of rotating keys, and what each is for. */
export const ROTATING = [
  ["service key", resources.RotatingServiceKey, { service: "dns" }],
  ["token", resources.RotatingPersonalAccessToken, forToken],
] as const;
/** A row of such a table. */
export type Kind = readonly [what: string, type: Resource, inputs: Properties];
