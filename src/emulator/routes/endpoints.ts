// The API as a function from a request to a result: the table of endpoints, with authentication and results.
import type { Account } from "../account/account";
import { timestamp } from "../account/records";
import type { ApiKeyRecord } from "../account/records";
import { ApiError } from "../http/request";
import type { ApiResult, Call, RecordedRequest } from "../http/request";
import * as accounts from "./account";
import type { Handler } from "./handler";
import * as vps from "./servers";

/** The area of an endpoint's scopes; undefined: any valid token is enough. */
type Area = "api_keys" | "ssh_keys" | "services" | "vps" | undefined;

/** The handlers of a path by their methods. */
type Route = readonly [template: string, area: Area, handlers: Record<string, Handler>];

const SSH_KEYS = { GET: accounts.listSshKeys, POST: accounts.addSshKey };

/** A `*` stands for one segment, the id. The first route that matches counts. */
const ROUTES: readonly Route[] = [
  ["/v1/account/profile", undefined, { GET: accounts.getProfile }],
  ["/v1/account/services", "services", { GET: accounts.listServices }],
  ["/v1/account/api-keys", "api_keys", { GET: accounts.listApiKeys }],
  ["/v1/account/api-keys/service", "api_keys", { POST: accounts.createServiceKey }],
  ["/v1/account/api-keys/pat", "api_keys", { POST: accounts.createToken }],
  ["/v1/account/api-keys/*", "api_keys", { DELETE: accounts.revokeApiKey }],
  ["/v1/account/ssh-keys", "ssh_keys", SSH_KEYS],
  ["/v1/account/ssh-keys/*", "ssh_keys", { DELETE: accounts.deleteSshKey }],
  // The same account under the paths that the vendor's SDK and command line use.
  ["/api/v1/dashboard/account/profile", undefined, { GET: accounts.getProfile }],
  ["/api/v1/dashboard/account/ssh-keys", "ssh_keys", SSH_KEYS],
  ["/api/v1/dashboard/account/ssh-keys/*", "ssh_keys", { DELETE: accounts.deleteSshKey }],
  ["/api/v1/regions", "vps", { GET: vps.listRegions }],
  ["/v1/regions", "vps", { GET: vps.describeRegions }],
  ["/v1/vps", "vps", { GET: vps.listVps, POST: vps.createVps }],
  ["/v1/vps/plans", "vps", { GET: vps.listPlans }],
  ["/v1/vps/plans/region/*", "vps", { GET: vps.listPlans }],
  ["/v1/vps/os-templates", "vps", { GET: vps.listOsTemplates }],
  ["/v1/vps/regions", "vps", { GET: vps.listRegions }],
  ["/v1/vps/*", "vps", { GET: vps.getVps, PATCH: vps.updateVps, DELETE: vps.deleteVps }],
  ["/v1/vps/*/status", "vps", { GET: vps.getVpsStatus }],
  ["/v1/vps/*/start", "vps", { POST: vps.changePower("active", "started") }],
  ["/v1/vps/*/stop", "vps", { POST: vps.changePower("stopped", "stopped") }],
  ["/v1/vps/*/reboot", "vps", { POST: vps.changePower("active", "rebooted") }],
];

/** A slash at the end has no meaning outside of the Account API, which documents none. */
export function withoutTrailingSlash(path: string): string {
  return /^\/(v1\/vps|(api\/)?v1\/regions)(\/.*)?\/$/.test(path) ? path.slice(0, -1) : path;
}

/** The template with the segments of a path in the places of its `*`, as far as the path has them. */
function filled(template: string, path: string): string {
  const segments = path.split("/");
  const parts = template.split("/").map((part, at) => (part === "*" && segments[at]) || part);
  return parts.join("/");
}

function routeOf(given: string): Route | undefined {
  const path = withoutTrailingSlash(given);
  return ROUTES.find(([template]) => filled(template, path) === path);
}

/** The methods and handlers that requests to a path can reach; a `*` at its end stands for anything. */
export function handlersOf(pattern: string): [method: string, handler: Handler][] {
  const start = pattern.replace(/\*$/, "");
  const routes =
    start === pattern
      ? [routeOf(pattern)]
      : ROUTES.filter(([template]) => filled(template, start).startsWith(start));
  return routes.flatMap((route) => Object.entries(route?.[2] ?? {}));
}

const MISSING =
  "Missing API key: send it in the X-API-Key header, or a personal access token as Authorization: Bearer";

/** Why the key may not call; undefined if it may. A service key may call its own service only. */
function refusalOf(key: ApiKeyRecord, area: Area, verb: "read" | "write"): ApiError | undefined {
  if (key.keyType === "service") {
    if (area !== undefined && key.service === area) return undefined;
    return new ApiError(403, "A service key cannot be used here: use a personal access token");
  }
  const isAllowed =
    area === undefined || key.scopes.some((scope) => [`${area}:write`, `${area}:${verb}`].includes(scope));
  return isAllowed ? undefined : new ApiError(403, `Missing scope: ${area}:${verb}`);
}

/**
 * Throws the 401 or 403, and records which key authenticated. A client that has both kinds of keys sends a
 * token as `Authorization: Bearer` and a service key as `X-API-Key`; whatever is sent must be valid.
 */
function authorize(account: Account, call: Call, area: Area, record: RecordedRequest): void {
  const verb = call.method === "GET" ? "read" : "write";
  const callers = call.credentials.map(({ scheme, secret }) => {
    const key = account.findBySecret(secret);
    if (!key) throw new ApiError(401, "Invalid, expired or revoked API key");
    if (scheme === "bearer" && key.keyType === "service") {
      throw new ApiError(401, "A service key must be sent in the X-API-Key header");
    }
    return { key, refusal: refusalOf(key, area, verb) };
  });
  const caller = callers.find(({ refusal }) => refusal === undefined) ?? callers[0];
  if (!caller) throw new ApiError(401, MISSING);
  caller.key.lastUsedAt = timestamp(account.now());
  record.credentialId = caller.key.id;
  if (caller.refusal) throw caller.refusal;
}

/** Serves one request, changes the account, and records which key authenticated. */
export function respondTo(account: Account, call: Call, record: RecordedRequest): ApiResult {
  try {
    const route = routeOf(call.path);
    if (!route) throw new ApiError(404, "Not Found");
    const [template, area, handlers] = route;
    const id = decodeURIComponent(call.path.split("/")[template.split("/").indexOf("*")] ?? "");
    const handler = Object.hasOwn(handlers, call.method) ? handlers[call.method] : undefined;
    if (!handler) throw new ApiError(405, "Method Not Allowed", { Allow: Object.keys(handlers).join(", ") });
    authorize(account, call, area, record);
    return handler(account, call, id);
  } catch (error) {
    if (error instanceof ApiError) return error.result;
    // An id that cannot be decoded.
    if (error instanceof URIError) return new ApiError(404, "Not Found").result;
    throw error;
  }
}
