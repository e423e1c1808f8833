// The dynamic-provider protocol around a lifecycle: unknown sentinels, the `__provider` text, partial failures, plain values only.
import type { dynamic } from "@pulumi/pulumi";

import { WaysCloudError } from "../../errors";
import { without } from "../../lifecycle/inputs";
import { PartialFailure, UNKNOWN } from "../../lifecycle/lifecycle";
import type { Context, Lifecycle, Properties } from "../../lifecycle/lifecycle";

/** How the SDK writes an unknown value (`pulumi.runtime.unknownValue`), whatever its type. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the provider process lends to its lifecycles. */
export interface Host {
  configure(config: dynamic.Config): void;
  /** Why no account could be made of the configuration, if so. Makes no request. */
  misconfiguration(): string | undefined;
  /** The account; made at the first call. Throws when it is not configured well. */
  context(): Context;
  now(): number;
}

const BEFORE_ALL_TIMES = 0;

/** The provider object that the engine's process calls for one type of resource. */
export function dynamicProvider(lifecycle: Lifecycle, host: Host): dynamic.ResourceProvider {
  // A refresh calls diff right after read, with no check between. It asks what has changed in the account; that time has come for a
  // rotation is no drift, and is told by the next preview.
  const justRead = new Set<string>();
  return {
    // Stores and nothing more: the process already hands this object to other calls while it waits.
    configure: (request) => {
      host.configure(request.config);
      return Promise.resolve();
    },
    check: (olds: Properties, news: Properties) =>
      shortly(() => {
        justRead.clear();
        const { inputs, failures } = lifecycle.check(incoming(olds), incoming(news));
        // Something is to be created: a missing credential is better said in the preview than halfway through `up`.
        const wrong = Object.keys(olds).length === 0 ? host.misconfiguration() : undefined;
        return {
          inputs: outgoing(inputs),
          failures: wrong === undefined ? failures : [...failures, { property: "", reason: wrong }],
        };
      }),
    diff: (id, olds: Properties, news: Properties) =>
      shortly(() => {
        const now = justRead.has(id) ? BEFORE_ALL_TIMES : host.now();
        return lifecycle.diff(id, incoming(olds), incoming(news), now);
      }),
    create: (inputs: Properties) =>
      tracked(inputs, async () => {
        const { id, outputs } = await lifecycle.create(incoming(inputs), host.context());
        return { id, outs: outgoing(outputs) };
      }),
    read: (id, olds: Properties) =>
      shortly(async () => {
        justRead.add(id);
        const state = await lifecycle.read(id, incoming(olds), host.context());
        return state ? { id: state.id, props: outgoing(state.outputs) } : {};
      }),
    update: (id, olds: Properties, news: Properties) =>
      tracked(news, async () => ({
        outs: outgoing(await lifecycle.update(id, incoming(olds), incoming(news), host.context())),
      })),
    delete: (id, olds: Properties) => shortly(() => lifecycle.delete(id, incoming(olds), host.context())),
  };
}

/** Without the provider's text, and with unknown values as {@link UNKNOWN}. */
function incoming(properties: Properties): Properties {
  return mapValues(without(properties, "__provider"), (value) => (value === UNKNOWN_VALUE ? UNKNOWN : value));
}

/** Only what gRPC can carry: `undefined` would break it, after the request was made. */
function outgoing(properties: Properties): Properties {
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

/** Create and update: a partial failure must carry the provider's text, or the engine cannot go on with it. */
async function tracked<T>(inputs: Properties, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw presentable(error);
    const properties = { ...outgoing(error.properties), __provider: inputs.__provider };
    throw Object.assign(new Error(error.message), { id: error.id, properties, reasons: [error.message] });
  }
}

async function shortly<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw presentable(error);
  }
}

/**
 * The process prints what it is thrown, with its stack, beside the message that the engine shows at the resource. Where the message says it
 * all, that print is kept to one short line.
 */
function presentable(error: unknown): unknown {
  if (error instanceof WaysCloudError) {
    const { name } = error;
    // Configurable: one failed list is the error of every resource that waited for it, and comes here once for each.
    Object.defineProperty(error, "toString", { value: () => "pulumi-wayscloud", configurable: true });
    error.stack = `${name}, explained at the resource`;
  }
  return error;
}
