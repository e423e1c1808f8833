// getServices: the active services of the account.
import type * as pulumi from "@pulumi/pulumi";

import { queries } from "../queries/queries";
import { call, callOutput } from "./data-function";
import type { DataOptions, DataOutputOptions } from "./options";

/** An active service: a database, storage bucket, VPS, DNS zone, IoT device or SIM card. */
export interface ServiceInfo {
  /** Its id in the account. */
  id: string;
  /** `database`, `vps` and the like. */
  serviceType: string;
  /** Its name in the account. */
  name: string;
  /** `running` and the like. */
  status: string;
  /** The region it runs in, such as `NO`. */
  region?: string | undefined;
  /** Creation time (RFC 3339). */
  createdAt: string;
  /** The fields that the API returns for this type of service, unchanged. */
  metadata: Record<string, unknown>;
}

/** Filter: only services that match all given fields. */
export interface GetServicesArgs {
  /** Only services of this type, such as `database`. */
  serviceType?: string | undefined;
  /** Only services with this name. */
  name?: string | undefined;
  /** Only services with this status, such as `running`. */
  status?: string | undefined;
  /** Only services in this region. */
  region?: string | undefined;
}

/** Like {@link GetServicesArgs}, with inputs. */
export type GetServicesOutputArgs = { [K in keyof GetServicesArgs]: pulumi.Input<GetServicesArgs[K]> };

/**
 * Lists the account's active services. Requested once per program run and cached.
 *
 * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError,
 * ConnectionError.
 * @example
 * ```ts
 * const databases = await wayscloud.getServices({ serviceType: "database", status: "running" });
 * ```
 * @see GET /v1/account/services
 */
export function getServices(args: GetServicesArgs = {}, opts?: DataOptions): Promise<ServiceInfo[]> {
  return call(queries.getServices, args, opts);
}

/**
 * Like {@link getServices}, but accepts inputs and returns an output. Waits for the inputs and the resources
 * that they come from.
 *
 * @see GET /v1/account/services
 */
export function getServicesOutput(
  args: GetServicesOutputArgs = {},
  opts?: DataOutputOptions,
): pulumi.Output<ServiceInfo[]> {
  return callOutput(queries.getServices, args, opts);
}
