// States of 1.0.0 stay readable for ever: on every kind of them, `up`, `refresh` and `destroy` do what 1.0.0 itself did, request by request.
import { type Change, looksAgain, testRecordedStates } from "../support/recorded-states";

const API_KEYS = "GET /v1/account/api-keys";
const REVOKE = "DELETE /v1/account/api-keys";
const CHANGES: Change[] = [
  {
    on: /Key: (live|adopted), gone from the account: refresh$|AccessToken: live, gone from the account: refresh$/,
    because:
      "a list may lag: a key that is younger than five minutes is looked for twice more before it counts as gone",
    now: (was) => ({ ...was, requests: [...was.requests, ...was.requests, ...was.requests] }),
  },
  {
    on: /^(SshKey|ServiceKey|PersonalAccessToken): live, gone from the account: destroy$/,
    because:
      "a 404 proves nothing by itself: a list has to confirm that the key is gone, and two more that of a young key",
    now: (was) => {
      const list = was.requests[0]!.replace(/^DELETE (.*)\/[^/]+$/, "GET $1");
      return { ...was, requests: [...was.requests, list, list, list] };
    },
  },
  {
    on: /(live, inactive in the account|AccessToken: expired|AccessToken: expired, overlap past|current key inactive in the account): refresh$/,
    because: "an inactive key is revoked when it is replaced or destroyed, so the state must not forget it",
    now: ({ requests }, { type, outputs }) => ({
      does: "drifted",
      requests,
      set: {
        isActive: false,
        ...(type === "ServiceKey"
          ? { scopes: ["read", "write"].map((verb) => `${String(outputs.service)}:${verb}`) }
          : {}),
      },
    }),
  },
  {
    on: /AccessToken: overlap past, due: refresh$/,
    because: "a previous key that has expired is still revoked, and not forgotten",
    now: ({ requests, does }) => ({ requests, does }),
  },
  {
    on: /^(ServiceKey|PersonalAccessToken): taken over(, expiring|, explicit description)?: up$/,
    because: "`existing` stays as the program has it, so that a wrong `existing.key` can be corrected",
    now: ({ requests, does }) => ({ requests, does }),
  },
  {
    on: /^Rotating.*: (overlap past|rotated without an overlap|rotated, only what is required): up$/,
    because: "only the server's clock, as its list shows it, decides that a previous key's time is over",
    now: (was) => ({ ...was, requests: [API_KEYS, ...was.requests] }),
  },
  {
    on: /^Rotating.*: overlap past, due: up$/,
    because: "the list is read before the previous key is revoked, and not after",
    now: ({ requests: [revoke, list, create], ...was }) => ({ ...was, requests: [list!, revoke!, create!] }),
  },
  {
    on: /^Rotating.*: current key gone, overlap past: up$/,
    because: "no working key is revoked before the new key is in hand",
    now: ({ requests, does, set = {} }) => ({ requests: requests.slice(1), does, set }),
  },
  {
    on: /^RotatingPersonalAccessToken: expired(, overlap past)?: up$/,
    because: "an expired key is of no use as the previous key; it is revoked, and one that still works stays",
    now: ({ requests, set = {}, ...was }, { outputs }) => ({
      ...was,
      requests: [API_KEYS, requests.at(-1)!, `${REVOKE}/${String(outputs.keyId)}`],
      set: Object.fromEntries(Object.entries(set).filter(([name]) => !/^previous|^retireAt/.test(name))),
    }),
  },
  {
    on: /^Rotating.*: (current key inactive, in its overlap|in its overlap, a successor of an inactive key that may have been made): up$/,
    because: "an inactive key may be activated again, so it is revoked when its replacement is in hand",
    now: ({ requests, ...was }, { outputs }) => ({
      ...was,
      requests: [...requests, `${REVOKE}/${String(outputs.keyId)}`],
    }),
  },
  {
    on: /^Rotating.*: (a successor that may have been made|overlap past, a successor that may have been made|in its overlap, a successor of an inactive key that may have been made|killed while it rotated, after a refresh): up$/,
    because: "one list shows what an earlier attempt left, and whether the current key is active",
    now: ({ requests, ...was }) => ({
      ...was,
      requests: requests.filter((each, index) => each !== API_KEYS || requests.indexOf(each) === index),
    }),
  },
  {
    on: /^PersonalAccessToken: (expired|expiring, due for rotation): up$/,
    because: "only the server's clock, as its list shows it, decides that a token's time has come",
    now: (was) => ({ ...was, requests: [API_KEYS, ...was.requests] }),
  },
  {
    on: /^Rotating.*: (live, with a duplicate|rotated, with a possible duplicate): destroy$/,
    because: "no key is revoked twice",
    now: (was) => ({ ...was, requests: [...new Set(was.requests.reverse())].reverse() }),
  },
  {
    on: /^SshKey: live, with a possible duplicate(, explicit name)?: destroy$/,
    because: "no key is deleted twice",
    now: (was) => ({ ...was, requests: [...new Set(was.requests)] }),
  },
  {
    on: /^Rotating.*: killed while it rotated: refresh$/,
    because:
      "a refresh decides nothing about a key that another stack with a copy of this state may have created; the next rotation, or destroy, does",
    now: ({ requests }) => ({ requests, does: "no drift" }),
  },
  {
    on: /^(ServiceKey|PersonalAccessToken|SshKey|Rotating.*): (unresolved, .*nothing was made|unresolved, explicit description|live, .*(with a possible duplicate|explicit description, with a duplicate).*): (up|destroy)$|^Rotating.*: (a successor that was never made|rotated, with a possible duplicate): (up|destroy)$/,
    because: "a list may lag: what an attempt of the last five minutes left is looked for twice more",
    now: looksAgain,
  },
];

testRecordedStates("1.0.0", CHANGES);
