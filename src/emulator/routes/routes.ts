// The API as a function from a request to an answer: which route, who may, then the route's own work.
import type { Account } from "../account/account";
import { ApiError } from "../http/answer";
import type { Answer } from "../http/answer";
import { createServiceKey, createToken, listApiKeys, revokeApiKey } from "./api-keys";
import { authenticate, authorize } from "./authentication";
import type { Demand } from "./authentication";
import type { Call } from "../http/call";
import { addSshKey, deleteSshKey, listSshKeys } from "./ssh-keys";
import { createVps, deleteVps, getVps, listVps } from "./vps";

type Handler = (account: Account, call: Call, id: string) => Answer;
type Route = Record<string, { demand: Demand; handler: Handler }>;

const read = (area: string): Demand => ({ area, verb: "read" });
const write = (area: string): Demand => ({ area, verb: "write" });
const VPS_READ: Demand = { area: "vps", verb: "read", service: "vps" };
const VPS_WRITE: Demand = { area: "vps", verb: "write", service: "vps" };

function getProfile(account: Account): Answer {
  return { status: 200, body: account.profile };
}

function listServices(account: Account): Answer {
  const servers = Array.from(account.vps.values(), (record) => ({
    id: record.id,
    service_type: "vps",
    name: record.name,
    status: "running",
    region: record.region,
    created_at: record.createdAt,
    metadata: { plan: record.plan, ip_address: record.ipAddress },
  }));
  return { status: 200, body: [...account.services.values(), ...servers], list: "services" };
}

const ROUTES = new Map<string, Route>([
  ["/v1/account/profile", { GET: { demand: { verb: "read" }, handler: getProfile } }],
  ["/v1/account/services", { GET: { demand: read("services"), handler: listServices } }],
  ["/v1/account/api-keys", { GET: { demand: read("api_keys"), handler: listApiKeys } }],
  ["/v1/account/api-keys/service", { POST: { demand: write("api_keys"), handler: createServiceKey } }],
  ["/v1/account/api-keys/pat", { POST: { demand: write("api_keys"), handler: createToken } }],
  ["/v1/account/api-keys/*", { DELETE: { demand: write("api_keys"), handler: revokeApiKey } }],
  [
    "/v1/account/ssh-keys",
    {
      GET: { demand: read("ssh_keys"), handler: listSshKeys },
      POST: { demand: write("ssh_keys"), handler: addSshKey },
    },
  ],
  ["/v1/account/ssh-keys/*", { DELETE: { demand: write("ssh_keys"), handler: deleteSshKey } }],
  [
    "/v1/vps",
    { GET: { demand: VPS_READ, handler: listVps }, POST: { demand: VPS_WRITE, handler: createVps } },
  ],
  [
    "/v1/vps/*",
    { GET: { demand: VPS_READ, handler: getVps }, DELETE: { demand: VPS_WRITE, handler: deleteVps } },
  ],
]);

/** Splits `/v1/vps/<id>` into its route and its id; percent-escapes are undone in the id only. */
function find(path: string): { route: Route | undefined; id: string } {
  const exact = ROUTES.get(path);
  if (exact) return { route: exact, id: "" };
  const slash = path.lastIndexOf("/");
  try {
    const id = decodeURIComponent(path.slice(slash + 1));
    return { route: id === "" ? undefined : ROUTES.get(`${path.slice(0, slash)}/*`), id };
  } catch {
    return { route: undefined, id: "" };
  }
}

function dispatch(account: Account, call: Call, onCaller: (id: string) => void): Answer {
  const { route, id } = find(call.path);
  if (!route) throw new ApiError(404, "Not Found");
  const chosen = Object.hasOwn(route, call.method) ? route[call.method] : undefined;
  if (!chosen) throw new ApiError(405, "Method Not Allowed", { Allow: Object.keys(route).join(", ") });
  const key = authenticate(account, call);
  onCaller(key.id);
  authorize(key, chosen.demand);
  return chosen.handler(account, call, id);
}

/** Answers one request, changing the account as it asks; `onCaller` hears which key authenticated. */
export function answerCall(account: Account, call: Call, onCaller: (id: string) => void): Answer {
  try {
    return dispatch(account, call, onCaller);
  } catch (error) {
    if (error instanceof ApiError) return error.toAnswer();
    throw error;
  }
}
