// Adapts a resource type to Pulumi's dynamic-provider protocol: converts unknown values, re-attaches `__provider`, reports partial failures and returns
// only values that gRPC can carry.
import type { dynamic } from "@pulumi/pulumi";

import { errorMessage } from "../../errors";
import type { Run } from "../../lifecycle/run";
import { unsafeEntryIn, unsafeEntryMessage } from "../../text/unsafe-entry";
import { without, UNKNOWN } from "../../values";
import type { Properties } from "../../values";
import { RefreshClock } from "../refresh-clock";
import { NEVER_DUE } from "../resource";
import type { EncodedOutcome, Resource } from "../resource";

/** How the SDK writes an unknown value (`pulumi.runtime.unknownValue`), whatever its type. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the provider process lends to its resource types. */
export interface ProviderProcess {
  configure(config: dynamic.Config): void;
  /** Why the configuration is invalid; `undefined` if it is valid. Makes no request. */
  configurationError(): string | undefined;
  /** Everything that this process knows; connects to the account at the first request. */
  run: Run;
  now(): number;
}

/** The provider object that the engine's process calls for one type of resource. */
export function dynamicProvider(resource: Resource, host: ProviderProcess): dynamic.ResourceProvider {
  const clock = new RefreshClock(() => host.now());
  const { run } = host;
  let isPreview = false;
  return {
    // Only stores the config: the SDK hands out this provider before `configure` has resolved, so other calls may already be running.
    configure: (request) => {
      host.configure(request.config);
      return Promise.resolve();
    },
    check: (olds: Properties, news: Properties) =>
      wellFormed(() => {
        clock.noteCheck();
        isPreview = news.__preview === true;
        const { inputs, failures } = resource.check(decode(olds), decode(news), run.holders);
        const unsafe = unsafeEntryIn(news);
        if (unsafe) failures.push({ property: "", reason: unsafeEntryMessage(unsafe) });
        // Something is to be created: a missing credential is better reported in the preview than halfway through `up`.
        const wrong = Object.keys(olds).length === 0 ? host.configurationError() : undefined;
        return {
          inputs: encode(inputs),
          failures: wrong === undefined ? failures : [...failures, { property: "", reason: wrong }],
        };
      }),
    diff: (id, olds: Properties, news: Properties) =>
      wellFormed(() => {
        const now = clock.now(id);
        const diff = resource.diff(id, decode(olds), decode(news), now, run.holders);
        const { changes, replaces, deleteBeforeReplace, ahead } = diff;
        if (ahead !== undefined && isPreview && now !== NEVER_DUE) run.log(ahead, "info");
        return { changes, replaces, ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }) };
      }),
    create: (inputs: Properties) =>
      wellFormed(async () => {
        const { id, outputs } = orPartialFailure(await resource.create(decode(inputs), run), inputs);
        return { id, outs: encode(outputs) };
      }),
    read: (id, olds: Properties) =>
      wellFormed(async () => {
        clock.noteRead(id);
        const state = await resource.read(id, decode(olds), run);
        return state ? { id: state.id, props: encode(state.outputs) } : {};
      }),
    update: (id, olds: Properties, news: Properties) =>
      wellFormed(async () => ({
        outs: encode(
          orPartialFailure(await resource.update(id, decode(olds), decode(news), run), news).outputs,
        ),
      })),
    delete: (id, olds: Properties) => wellFormed(() => resource.delete(id, decode(olds), run)),
  };
}

/** Without what is the host's own, and with unknown values as {@link UNKNOWN}. */
function decode(properties: Properties): Properties {
  return mapValues(without(properties, "__provider", "__preview"), (value) =>
    value === UNKNOWN_VALUE ? UNKNOWN : value,
  );
}

/** Only what gRPC can carry: `undefined` would break it, after the request was made. */
function encode(properties: Properties): Properties {
  return mapValues(properties, (value) => {
    if (value === UNKNOWN) return UNKNOWN_VALUE;
    return typeof value === "string" ? value.toWellFormed() : value;
  });
}

function mapValues<T>(value: T, leaf: (value: unknown) => unknown): T {
  if (Array.isArray(value)) return value.map((part: unknown) => mapValues(part, leaf)) as T;
  if (typeof value !== "object" || value === null) return leaf(value) as T;
  const copy: Properties = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined || key === "__proto__") continue;
    copy[key] = mapValues(part as unknown, leaf);
  }
  return copy as T;
}

/** @throws what the SDK reports as a partial failure, where something is unfinished. It must carry the provider's code, or the engine cannot go on. */
function orPartialFailure(outcome: EncodedOutcome, inputs: Properties): EncodedOutcome {
  const { id, outputs, unfinished } = outcome;
  if (unfinished === undefined) return outcome;
  const properties = { ...encode(outputs), __provider: inputs.__provider };
  throw Object.assign(new Error(unfinished), { id, properties, reasons: [unfinished] });
}

/** The SDK's process would never answer a call that ends with half of a surrogate pair. */
async function wellFormed<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) error.message = errorMessage(error);
    throw error;
  }
}
