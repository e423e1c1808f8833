// The API as a function from a request to a result: which endpoint, who may call it, then its own work.
import type { AccountStore } from "../account/account-store";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { authorize } from "./authentication";
import { findRoute } from "./endpoints";

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new ApiError(404, "Not Found");
  }
}

function dispatch(account: AccountStore, call: Call, onCaller: (id: string) => void): ApiResult {
  const { route, id } = findRoute(call.path);
  if (!route) throw new ApiError(404, "Not Found");
  const decodedId = decoded(id);
  const endpoint = Object.hasOwn(route, call.method) ? route[call.method] : undefined;
  if (!endpoint) throw new ApiError(405, "Method Not Allowed", { Allow: Object.keys(route).join(", ") });
  authorize(account, call, endpoint.scope, onCaller);
  return endpoint.handler(account, call, decodedId);
}

/** Serves one request, changing the account as it asks; `onCaller` gets the id of the key that authenticated. */
export function respondTo(account: AccountStore, call: Call, onCaller: (id: string) => void): ApiResult {
  try {
    return dispatch(account, call, onCaller);
  } catch (error) {
    if (error instanceof ApiError) return error.toResult();
    throw error;
  }
}
