// The API as a function from a request to a result: the table of endpoints, who may call them, and what they answer.
import type { AccountStore } from "../account/account-store";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { getProfile, listServices } from "./account";
import { createServiceKey, createToken, listApiKeys, revokeApiKey } from "./api-keys";
import { authorize } from "./authentication";
import type { RequiredScope } from "./authentication";
import { describeRegions, listOsTemplates, listPlans, listPlansOfRegion, listRegions } from "./catalog";
import { addSshKey, deleteSshKey, listSshKeys } from "./ssh-keys";
import { changePower, createVps, deleteVps, getVps, getVpsStatus, listVps, updateVps } from "./vps";

type Handler = (account: AccountStore, call: Call, id: string) => ApiResult;

/** One method of a path. */
export interface Endpoint {
  scope: RequiredScope;
  handler: Handler;
  /** Whether it answers a list. */
  list?: true;
}

/** The methods of a path. */
export type Route = Record<string, Endpoint>;

const VPS = "/v1/vps";

const read = (area?: string): RequiredScope =>
  area === undefined ? { verb: "read" } : { area, verb: "read" };
const write = (area: string): RequiredScope => ({ area, verb: "write" });
const VPS_READ: RequiredScope = { area: "vps", verb: "read", service: "vps" };
const VPS_WRITE: RequiredScope = { area: "vps", verb: "write", service: "vps" };

const PROFILE: Route = { GET: { scope: read(), handler: getProfile } };
const SSH_KEYS: Route = {
  GET: { scope: read("ssh_keys"), handler: listSshKeys, list: true },
  POST: { scope: write("ssh_keys"), handler: addSshKey },
};
const SSH_KEY: Route = { DELETE: { scope: write("ssh_keys"), handler: deleteSshKey } };
const vpsList = (handler: Handler): Route => ({ GET: { scope: VPS_READ, handler, list: true } });
const vpsAction = (handler: Handler): Route => ({ POST: { scope: VPS_WRITE, handler } });

/** By path; a `*` stands for one segment, the id. The first that matches counts. */
const ROUTES: readonly (readonly [template: string, route: Route])[] = [
  ["/v1/account/profile", PROFILE],
  ["/v1/account/services", { GET: { scope: read("services"), handler: listServices, list: true } }],
  ["/v1/account/api-keys", { GET: { scope: read("api_keys"), handler: listApiKeys, list: true } }],
  ["/v1/account/api-keys/service", { POST: { scope: write("api_keys"), handler: createServiceKey } }],
  ["/v1/account/api-keys/pat", { POST: { scope: write("api_keys"), handler: createToken } }],
  ["/v1/account/api-keys/*", { DELETE: { scope: write("api_keys"), handler: revokeApiKey } }],
  ["/v1/account/ssh-keys", SSH_KEYS],
  ["/v1/account/ssh-keys/*", SSH_KEY],
  // The same account under the paths that the vendor's SDK and command line use.
  ["/api/v1/dashboard/account/profile", PROFILE],
  ["/api/v1/dashboard/account/ssh-keys", SSH_KEYS],
  ["/api/v1/dashboard/account/ssh-keys/*", SSH_KEY],
  ["/api/v1/regions", vpsList(listRegions)],
  ["/v1/regions", { GET: { scope: VPS_READ, handler: describeRegions } }],
  [VPS, { ...vpsList(listVps), POST: { scope: VPS_WRITE, handler: createVps } }],
  [`${VPS}/plans`, vpsList(listPlans)],
  [`${VPS}/plans/region/*`, vpsList(listPlansOfRegion)],
  [`${VPS}/os-templates`, vpsList(listOsTemplates)],
  [`${VPS}/regions`, vpsList(listRegions)],
  [
    `${VPS}/*`,
    {
      GET: { scope: VPS_READ, handler: getVps },
      PATCH: { scope: VPS_WRITE, handler: updateVps },
      DELETE: { scope: VPS_WRITE, handler: deleteVps },
    },
  ],
  [`${VPS}/*/status`, { GET: { scope: VPS_READ, handler: getVpsStatus } }],
  [`${VPS}/*/start`, vpsAction(changePower("start"))],
  [`${VPS}/*/stop`, vpsAction(changePower("stop"))],
  [`${VPS}/*/reboot`, vpsAction(changePower("reboot"))],
];

/** Outside of the Account API, which documents none, a slash at the end means nothing. */
export function withoutTrailingSlash(path: string): string {
  return /^\/(v1\/vps|(api\/)?v1\/regions)(\/.*)?\/$/.test(path) ? path.slice(0, -1) : path;
}

/** The route of a path and the id in it; percent-escapes are decoded in the id only. */
function findRoute(path: string): { route: Route | undefined; id: string } {
  const segments = withoutTrailingSlash(path).split("/");
  for (const [template, route] of ROUTES) {
    const parts = template.split("/");
    const matches = parts.length === segments.length && parts.every((part, at) => fits(part, segments[at]));
    if (matches) return { route, id: segments[parts.indexOf("*")] ?? "" };
  }
  return { route: undefined, id: "" };
}

function fits(part: string, segment: string | undefined): boolean {
  return part === "*" ? segment !== "" : part === segment;
}

/** The endpoints that requests to a path can reach; a `*` at the end of the pattern stands for anything. */
export function endpointsOf(pattern: string, method: string | undefined): Endpoint[] {
  return routesOf(pattern).flatMap((route) =>
    Object.entries(route)
      .filter(([name]) => method === undefined || name === method)
      .map(([, endpoint]) => endpoint),
  );
}

function routesOf(pattern: string): Route[] {
  if (!pattern.endsWith("*")) {
    const { route } = findRoute(pattern);
    return route ? [route] : [];
  }
  const given = pattern.slice(0, -1).split("/");
  const last = given.length - 1;
  return ROUTES.filter(([template]) => {
    const parts = template.split("/");
    return given.every((segment, at) => {
      const part = parts[at];
      if (part === undefined) return false;
      return at === last ? part === "*" || part.startsWith(segment) : fits(part, segment);
    });
  }).map(([, route]) => route);
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new ApiError(404, "Not Found");
  }
}

/** Serves one request, changing the account as it asks; `onCaller` gets the id of the key that authenticated. */
export function respondTo(account: AccountStore, call: Call, onCaller: (id: string) => void): ApiResult {
  try {
    const { route, id } = findRoute(call.path);
    if (!route) throw new ApiError(404, "Not Found");
    const decodedId = decoded(id);
    const endpoint = Object.hasOwn(route, call.method) ? route[call.method] : undefined;
    if (!endpoint) throw new ApiError(405, "Method Not Allowed", { Allow: Object.keys(route).join(", ") });
    authorize(account, call, endpoint.scope, onCaller);
    return endpoint.handler(account, call, decodedId);
  } catch (error) {
    if (error instanceof ApiError) return error.toResult();
    throw error;
  }
}
