// Adapts a resource type to Pulumi's dynamic-provider protocol: unknown values, `__provider`, partial
// failures, and only values that gRPC can encode.
import type { dynamic } from "@pulumi/pulumi";

import { errorMessage } from "../../errors";
import type { Run } from "../../lifecycle/run";
import { unsafeEntry } from "../../text/unsafe-entry";
import { without, UNKNOWN } from "../../values";
import type { Properties } from "../../values";
import type { EncodedOutcome, ResourceType } from "../resource-type";
import { forEngine, mapValues, UNKNOWN_VALUE } from "../values";

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
export function dynamicProvider(resource: ResourceType, host: ProviderProcess): dynamic.ResourceProvider {
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
        isPreview = news.__preview === true;
        const { inputs, failures } = resource.check(decode(olds), decode(news), run.holders);
        // For a creation, report a missing credential in the preview rather than halfway through `up`.
        const wrong = Object.keys(olds).length === 0 ? host.configurationError() : undefined;
        for (const reason of [unsafeEntry(news), wrong])
          if (reason !== undefined) failures.push({ property: "", reason });
        return { inputs: forEngine(inputs), failures };
      }),
    diff: (id, olds: Properties, news: Properties) =>
      wellFormed(() => {
        const diff = resource.diff(id, decode(olds), decode(news), host.now(), run.holders);
        const { changes, replaces, deleteBeforeReplace, ahead } = diff;
        if (ahead !== undefined && (isPreview || replaces.length > 0)) run.log(ahead, "info");
        return { changes, replaces, ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }) };
      }),
    create: (inputs: Properties) =>
      wellFormed(async () => {
        const { id, outputs } = orPartialFailure(await resource.create(decode(inputs), run), inputs);
        return { id, outs: forEngine(outputs) };
      }),
    read: (id, olds: Properties) =>
      wellFormed(async () => {
        const state = await resource.read(id, decode(olds), run);
        return state ? { id: state.id, props: forEngine(state.outputs) } : {};
      }),
    update: (id, olds: Properties, news: Properties) =>
      wellFormed(async () => ({
        outs: forEngine(
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

/** @throws a partial failure of the SDK if something is unfinished, with the provider's code. */
function orPartialFailure(outcome: EncodedOutcome, inputs: Properties): EncodedOutcome {
  const { id, outputs, unfinished } = outcome;
  if (unfinished === undefined) return outcome;
  const properties = { ...forEngine(outputs), __provider: inputs.__provider };
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
