// getServices: what runs in the account.
import type * as pulumi from "@pulumi/pulumi";

import type { DataOptions, DataOutputOptions } from "./options";
import { getList, getListOutput } from "./lists";
import type { ListSource } from "./lists";

/** An active service: a database, storage bucket, VPS, DNS zone, IoT device or SIM card. */
export interface Service {
  id: string;
  /** `database`, `vps` and the like. */
  serviceType: string;
  name: string;
  /** `running` and the like. */
  status: string;
  region?: string | undefined;
  /** RFC 3339. */
  createdAt: string;
  /** Whatever the API says of this type of service, untouched. */
  metadata: Record<string, unknown>;
}

/** Only services for which all the given fields are equal. */
export interface GetServicesArgs {
  serviceType?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  region?: string | undefined;
}

/** As {@link GetServicesArgs}, with inputs. */
export type GetServicesOutputArgs = { [K in keyof GetServicesArgs]: pulumi.Input<GetServicesArgs[K]> };

const source: ListSource<Service> = {
  kind: "services",
  read: (client) => client.listServices(),
  filters: ["serviceType", "name", "status", "region"],
};

/**
 * Lists the account's active services. One request in a program run, however often it is called.
 *
 * @throws MalformedResponseError when the list is not whole; AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * const databases = await wayscloud.getServices({ serviceType: "database", status: "running" });
 * ```
 * @see GET /v1/account/services
 */
export function getServices(args?: GetServicesArgs, opts?: DataOptions): Promise<Service[]> {
  return getList(source, args, opts);
}

/** As {@link getServices}, accepting inputs and returning an output. @see GET /v1/account/services */
export function getServicesOutput(
  args?: GetServicesOutputArgs,
  opts?: DataOutputOptions,
): pulumi.Output<Service[]> {
  return getListOutput(source, args, opts);
}
