// "pulumi-wayscloud/runtime", which the provider process loads. Users' states name it: it never changes.
import type { dynamic } from "@pulumi/pulumi";

import { whyNoConnection } from "../../config";
import { API_KEY, ENDPOINT, keysOf, SETTINGS } from "../../settings";
import { WaysCloudError } from "../../errors";
import { Holders } from "../../lifecycle/holders";
import { Notes } from "../../lifecycle/notes";
import { createRun } from "../../lifecycle/run";
import { resourceTypes } from "../resource-type";
import { UNKNOWN_VALUE } from "../values";
import { dynamicProvider } from "./adapter";
import type { ProviderProcess } from "./adapter";

/** Replaces the SDK's output of an error with its stack, since the engine shows the error at the resource. */
const SHOWN_AT_RESOURCE = "pulumi-wayscloud: shown at the resource";
WaysCloudError.prototype.toString = () => SHOWN_AT_RESOURCE;
const { error: print } = console;
// eslint-disable-next-line no-console -- the SDK prints every error of a read or deletion, and offers no other way to say it once
console.error = (...line: unknown[]) => {
  if (!String(line[0]).startsWith(SHOWN_AT_RESOURCE)) print(...line);
};

// After the engine was killed, nobody reads this, and each write fails. The SDK prints every failure that
// nothing handles, to the same place: without end, until the memory is full.
if (process.stderr.listenerCount("error") === 0) process.stderr.on("error", () => undefined);

let config: dynamic.Config | undefined;

const host: ProviderProcess = {
  configure(given) {
    config = given;
  },
  configurationError() {
    // In a preview an explicit Provider's inputs may depend on other resources.
    const isUnknown = (key: string): boolean => config?.get(key) === UNKNOWN_VALUE;
    if (Object.values(SETTINGS).flatMap(keysOf).some(isUnknown)) return undefined;
    return whyNoConnection(lookUp, describe());
  },
  run: createRun(lookUp, describe, {
    log: (line) => process.stderr.write(`${line}\n`),
    holders: new Holders(Notes.of(process.argv[2])),
  }),
  now: () => Date.now(),
};

function lookUp(key: string): unknown {
  return config?.get(key);
}

/** The credential may be from an explicit Provider or from the stack's config, so messages mention both. */
function describe(): string {
  const isStack = lookUp(ENDPOINT) === undefined || lookUp(API_KEY) === undefined;
  return isStack ? "the stack config" : "the stack's or explicit Provider's configuration";
}

// The provider object of each resource type; for the engine's process, not for programs.
export const sshKey = dynamicProvider(resourceTypes.SshKey, host);
export const sshKeySet = dynamicProvider(resourceTypes.SshKeySet, host);
export const serviceKey = dynamicProvider(resourceTypes.ServiceKey, host);
export const personalAccessToken = dynamicProvider(resourceTypes.PersonalAccessToken, host);
export const rotatingServiceKey = dynamicProvider(resourceTypes.RotatingServiceKey, host);
export const rotatingPersonalAccessToken = dynamicProvider(resourceTypes.RotatingPersonalAccessToken, host);
