// The provider's configuration: the engine's calls about it, and its account.
import * as messages from "@pulumi/pulumi/proto/provider_pb";

import { checkedEndpoint, checkedText, settingsIn, whyNoConnection } from "../../config";
import { errorMessage, ConfigurationError } from "../../errors";
import { Holders } from "../../lifecycle/holders";
import { Notes } from "../../lifecycle/notes";
import { createRun, type Run } from "../../lifecycle/run";
import { Responses } from "../../queries/shared-list";
import { bothSet, OWN, OWN_NAMES, SETTINGS, unknownName, keysOf } from "../../settings";
import type { Setting } from "../../settings";
import { isGiven, same, without, UNKNOWN } from "../../values";
import type { Properties } from "../../values";
import { callTiming } from "./current-call";
import { diffResponse } from "./detailed-diff";
import { log, engineAddress } from "./engine-log";
import { parseUrn } from "./urn";
import { decode, encode } from "./values";

/** The names of a setting: our own, without their namespace, and those of a Provider of the dynamic host. */
function namesOf(setting: Setting): string[] {
  return keysOf(setting).map(nameOf);
}

function nameOf(key: string): string {
  return key.startsWith(OWN) ? key.slice(OWN.length) : key;
}

export class PluginAccount {
  private made: Run | undefined;
  private readonly unknown: string | undefined;

  /**
   * `source`: the configuration's name in messages, before the key. The configuration may be that of a
   * Provider of the dynamic host: in the update that moves it to the plugin, the engine passes the old
   * inputs.
   */
  constructor(
    private readonly config: Properties = {},
    private readonly source = "the stack config",
  ) {
    const names = Object.values(SETTINGS).flatMap(namesOf);
    this.unknown = Object.keys(config).find((name) => !names.includes(name));
  }

  /** The memory of this process; connects to the account at the first request. */
  get run(): Run {
    return (this.made ??= createRun(this.lookUp, this.source, {
      timing: callTiming,
      log,
      holders: new Holders(Notes.of(engineAddress())),
    }));
  }

  readonly responses = new Responses(() => this.run.client);

  /** Why the configuration is invalid; `undefined` if it is valid. Makes no request. */
  configurationError(): string | undefined {
    // In a preview an explicit provider's configuration may depend on other resources.
    if (Object.values(this.config).includes(UNKNOWN)) return undefined;
    return whyNoConnection(this.lookUp, this.source);
  }

  private readonly lookUp = (key: string): unknown => {
    // A fallback might be another account, or send this one's credential to another endpoint.
    if (this.unknown !== undefined) {
      throw new ConfigurationError(`${this.source} has an ${unknownName(this.unknown, "name")}`);
    }
    const value = this.config[nameOf(key)];
    if (value === UNKNOWN) {
      throw new ConfigurationError(
        `The value of ${this.source} ${key} is not known yet, and the package does not fall back to another source.`,
      );
    }
    return value;
  };
}

/** The engine's own, not the user's. */
const INTERNAL = ["version", "pluginDownloadURL", "pluginChecksums", "__internal"];

const SECRETS = Object.values(SETTINGS).flatMap(({ own, isSecret }) => (isSecret ? own : []));

export function checkConfig(request: messages.CheckRequest): messages.CheckResponse {
  const news = without(decode(request.getNews()).properties, ...INTERNAL);
  // The engine prints the value of a failure's property, so none has one.
  const failures = mistakesIn(news).map((reason) => new messages.CheckFailure().setReason(reason));
  return new messages.CheckResponse().setInputs(encode(news, SECRETS)).setFailuresList(failures);
}

function mistakesIn(news: Properties): string[] {
  const both = SETTINGS.credential.own.filter((name) => isGiven(news[name]));
  const [first, second] = both.map((name) => OWN + name);
  return [
    ...Object.entries(news).flatMap(([name, value]) => mistakeIn(name, value) ?? []),
    ...(first !== undefined && second !== undefined ? [bothSet(first, second)] : []),
  ];
}

function mistakeIn(name: string, value: unknown): string | undefined {
  if (!OWN_NAMES.includes(name)) return unknownName(name, "configuration");
  if (value === UNKNOWN || !isGiven(value)) return undefined;
  try {
    const text = checkedText(value, OWN + name);
    if (name === "endpoint") checkedEndpoint(text);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** The warnings about a change of the configuration, for resources that were created with the old one. */
const WARNINGS: Readonly<Record<string, string>> = {
  endpoint:
    "The endpoint changed. The resources in the state were created at the old one, but the package now looks for them at the new one. " +
    "If that is another API, restore the old endpoint and destroy them there first. This change alone replaces nothing.",
  customerId:
    "The expected customerId changed. The resources in the state belong to another account. " +
    "The package rejects every request unless the credential belongs to the new account. This change alone replaces nothing.",
};

/** Never replaces: that would revoke live keys, and another credential may be of the same account. */
export function diffConfig(request: messages.DiffRequest): messages.DiffResponse {
  const before = decode(request.getOldInputs() ?? request.getOlds()).properties;
  const after = decode(request.getNews()).properties;
  const olds: Properties = {};
  const news: Properties = {};
  for (const setting of Object.values(SETTINGS)) {
    const [was, is] = [givenIn(before, setting), givenIn(after, setting)];
    // By the name that is in use now: a value under its other name is the same.
    const name = is.name ?? was.name;
    if (name === undefined || same(was.value, is.value)) continue;
    olds[name] = was.value;
    news[name] = is.value;
    const warning = WARNINGS[name];
    const [from, to] = name === "endpoint" ? [was.value, is.value].map(endpointOf) : [was.value, is.value];
    const isMove = from !== undefined && to !== undefined && from !== to && to !== UNKNOWN;
    if (warning !== undefined && isMove) log(warning);
  }
  const changed = Object.keys(news);
  return diffResponse({ replaces: [], changed }, olds, news);
}

/** Name and value of a setting. A Provider of the dynamic host has names such as `wayscloud:apiKey`. */
function givenIn(config: Properties, setting: Setting): { name?: string; value?: unknown } {
  const name = namesOf(setting).find((each) => isGiven(config[each]));
  return name === undefined ? {} : { name: name.replace(/^.*:/, ""), value: config[name] };
}

/** Includes the environment's: leaving a setting out may change the endpoint. `undefined` if unknown. */
function endpointOf(endpoint: unknown): string | undefined {
  if (endpoint === UNKNOWN) return undefined;
  try {
    return settingsIn((key) => (key === `${OWN}endpoint` ? endpoint : undefined), "").endpoint;
  } catch {
    return undefined;
  }
}

/** The account of a Configure call. Makes no request and rejects nothing until an account is needed. */
export function configured(request: messages.ConfigureRequest): PluginAccount {
  const properties = without(decode(request.getArgs()).properties, ...INTERNAL);
  const { name } = parseUrn(request.getUrn() ?? "");
  const isExplicit = name !== "" && !/^default(_|$)/.test(name);
  const source = isExplicit ? `the configuration of the provider "${name}",` : "the stack config";
  return new PluginAccount(properties, source);
}
