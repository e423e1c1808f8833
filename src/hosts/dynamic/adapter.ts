// Adapts a resource type to Pulumi's dynamic-provider protocol: unknown values, `__provider`, partial
// failures, and only values that gRPC can encode.
import type { dynamic } from "@pulumi/pulumi";

import { errorMessage } from "../../errors";
import type { Run } from "../../lifecycle/run";
import { unsafeEntryIn, unsafeEntryMessage } from "../../text/unsafe-entry";
import { without, UNKNOWN } from "../../values";
import type { Properties } from "../../values";
import { RefreshClock } from "../refresh-clock";
import { NEVER_DUE } from "../resource";
import type { EncodedOutcome, Resource } from "../resource";

/** The SDK's form of an unknown value of any type (`pulumi.runtime.unknownValue`). */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The parts of the provider process that its resource types use. */
export interface ProviderProcess {
  configure(config: dynamic.Config): void;
  /** Why the configuration is invalid; `undefined` if it is valid. Makes no request. */
  configurationError(): string | undefined;
  /** The memory of this process; connects to the account at the first request. */
  run: Run;
  now(): number;
}

/** The provider object that the engine's process calls for one type of resource. */
export function dynamicProvider(resource: Resource, host: ProviderProcess): dynamic.ResourceProvider {
  const clock = new RefreshClock(() => host.now());
  const { run } = host;
  let isPreview = false;
  return {
    // Only stores the config: the SDK hands out this provider before `configure` has resolved, so other calls
    // may already be running.
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
        // For a creation, report a missing credential in the preview rather than halfway through `up`.
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

/** The properties without the host's own, and with unknown values as {@link UNKNOWN}. */
function decode(properties: Properties): Properties {
  return mapValues(without(properties, "__provider", "__preview"), (value) =>
    value === UNKNOWN_VALUE ? UNKNOWN : value,
  );
}

/** Only values that gRPC can encode: `undefined` would break the response after the request was made. */
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

/** @throws a partial failure of the SDK if something is unfinished, with the provider's code. */
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
