// What an emulator was asked, what lives in its account, and what it keeps secret.
import type { Emulator, RecordedRequest } from "../../src/emulator";

/** As `POST /v1/account/ssh-keys`. */
export function requestsIn(requests: readonly RecordedRequest[]): string[] {
  return requests.map(({ method, path }) => `${method} ${path}`);
}

/** Takes the recorded requests away. */
export function takeRequests(emulator: Emulator): string[] {
  return requestsIn(emulator.requests.splice(0));
}

/** The ids of the live keys of both kinds. */
export function liveIds({ account }: Emulator): string[] {
  return [...account.liveApiKeys(), ...account.sshKeys()].map(({ id }) => id).sort();
}

/** All the secrets of the account, the caller's credential among them, for `stack.assertNoSecrets`. */
export function secretsOf(...emulators: Emulator[]): string[] {
  return emulators.flatMap((emulator) => emulator.account.apiKeys().map(({ key }) => key));
}

/** The paths of the lists and of what is in them. */
export const SSH_KEYS = "/v1/account/ssh-keys";
export const API_KEYS = "/v1/account/api-keys";
