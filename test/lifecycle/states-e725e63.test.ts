// States of commit e725e63 that 1.0.0 did not write: on every kind of them, `up`, `refresh` and `destroy` do what that commit did, request by request.
import { type Change, looksAgain, testRecordedStates } from "../support/recorded-states";

const API_KEYS = "GET /v1/account/api-keys";
const CHANGES: Change[] = [
  {
    on: /(after a refresh, gone: (up|destroy)|may be adopted, gone: destroy|^SshKeySet: (one key|all) gone from the account(, one adopted)?: destroy)$/,
    because: "a list may lag: a key that is younger than five minutes is looked for twice more after a 404",
    now: ({ requests, ...was }) => ({
      ...was,
      requests: [...requests, ...requests.slice(-1), ...requests.slice(-1)],
    }),
  },
  {
    on: /^Rotating.*: (current key inactive(, in its overlap)?|expired|both expired), after a refresh: up$/,
    because: "no key is revoked before its successor is in hand",
    now: ({ requests: [list, revoke, create], ...was }) => ({ ...was, requests: [list!, create!, revoke!] }),
  },
  {
    on: /^Rotating.*: a successor (of another description )?that (may have been|was never) made: up$/,
    because: "one list shows what an earlier attempt left, and whether the current key is active",
    now: ({ requests, ...was }) => ({ ...was, requests: [...new Set(requests)] }),
  },
  {
    on: /^PersonalAccessToken: (made by a clock that is ahead|taken over), due( for rotation)?: up$/,
    because: "only the server's clock, as its list shows it, decides that a token's time has come",
    now: (was) => ({ ...was, requests: [API_KEYS, ...was.requests] }),
  },
  {
    on: /^PersonalAccessToken: made by a clock that is ahead, due: up$/,
    because: "of two wrong clocks none is noted, and by the local one the token has even expired",
    now: ({ set, unset = [], ...was }) => ({
      ...was,
      does: "replaced, new first: expiresAt",
      set: { ...set, localCreatedAt: undefined },
      unset: [...unset, "localCreatedAt"],
    }),
  },
  {
    on: /^PersonalAccessToken: made by a clock that (is|was) ahead(, due)?: refresh$/,
    because: "no local time is kept, since the server's clock decides",
    now: ({ unset = [], ...was }) => ({ ...was, unset: [...unset, "localCreatedAt"] }),
  },
  {
    on: /^PersonalAccessToken: made by a clock that is ahead: up$/,
    because: "a token that is due by a wrong local clock alone is an error that names both clocks",
    now: (_was, { now }) => ({
      requests: [API_KEYS],
      does: `failed: The personal access token was not replaced: by this machine's clock (${now.slice(0, 19)}Z) it has been due since 2030-03-02T00:00:00Z, but by the API's clock it is only 2030-01-01T00:00:00Z. Nothing was created or revoked. Correct this machine's clock, then run the command again.`,
    }),
  },
  {
    on: /(unresolved, .*nothing was made|unresolved, explicit description.*|^[^R].*with a possible duplicate.*|explicit description, with a duplicate): (up|destroy)$|(that was never made|^R.*with a possible duplicate): (up|destroy)$/,
    because: "a list may lag: what an attempt of the last five minutes left is looked for twice more",
    now: looksAgain,
  },
];

testRecordedStates("e725e63", CHANGES);
