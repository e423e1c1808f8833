// The engine's calls about the provider itself: its configuration checked, compared and put to use.
import * as messages from "@pulumi/pulumi/proto/provider_pb";

import { resolveEndpoint } from "../../config";
import { didYouMean, listed, same, shape, without } from "../../lifecycle/inputs";
import { errorMessage } from "../../errors";
import { UNKNOWN } from "../../lifecycle/lifecycle";
import type { CheckFailure, Diff, Properties } from "../../lifecycle/lifecycle";
import { PluginAccount } from "./account";
import { diffResponse } from "./detailed-diff";
import { warn } from "./engine-log";
import { configuration, secretsAmong } from "./schema/configuration";
import { parseUrn } from "./urn";
import { decode, encode } from "./values";

const NAMES = Object.keys(configuration);
/** The engine's own, not the user's. */
const INTERNAL = ["version", "pluginDownloadURL", "__internal"];

export function checkConfig(request: messages.CheckRequest): messages.CheckResponse {
  const news = without(decode(request.getNews()).properties, ...INTERNAL);
  const response = new messages.CheckResponse();
  response.setInputs(encode(news, secretsAmong(configuration)));
  response.setFailuresList(
    [...Object.entries(news)].flatMap(([name, value]) => {
      const reason = reasonAgainst(name, value);
      if (reason === undefined) return [];
      const failure = new messages.CheckFailure();
      // The engine prints the value of the property that a failure names.
      failure.setReason(reason);
      return [failure];
    }),
  );
  return response;
}

function reasonAgainst(name: string, value: unknown): CheckFailure["reason"] | undefined {
  if (!NAMES.includes(name)) {
    const known = `The provider's configuration is ${listed(NAMES)}.`;
    return `unknown configuration \`${name.slice(0, 60).replace(/[^ -~]/g, "?")}\`${didYouMean(name, NAMES)} ${known}`;
  }
  if (value === UNKNOWN || value === null) return undefined;
  if (typeof value !== "string") return `\`${name}\` must be a string, not ${shape(value)}`;
  if (name === "apiKey" && value.trim() === "") {
    return "`apiKey` is empty: an account that is named never becomes another one. Give the credential, or leave `apiKey` out to use the environment.";
  }
  if (name !== "endpoint") return undefined;
  try {
    resolveEndpoint(() => value, "wayscloud-account:endpoint");
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** What a change of the configuration means for the resources that were made with the old one. */
const WARNINGS: Readonly<Record<string, string>> = {
  endpoint:
    "The endpoint changed: the resources in the state were made at another one, and are now looked for at the new one. " +
    "If that is another API, put the old endpoint back and destroy them there first; nothing is replaced by this change alone.",
  customerId:
    "The expected customerId changed: the resources in the state belong to another account. " +
    "Every request is refused unless the credential is of the new account; nothing is replaced by this change alone.",
};

/** Never asks for a replacement: another credential may belong to the same account, and a replacement would revoke live keys. */
export function diffConfig(request: messages.DiffRequest): messages.DiffResponse {
  const olds = configurationIn(request.getOldInputs() ?? request.getOlds());
  const news = configurationIn(request.getNews());
  const changed = NAMES.filter((name) => !same(olds[name], news[name]));
  for (const name of changed) {
    const warning = WARNINGS[name];
    const [before, after] = [olds, news].map((config) =>
      name === "endpoint" ? endpointIn(config) : config[name],
    );
    const isMove = before !== undefined && after !== undefined && before !== after && after !== UNKNOWN;
    if (warning !== undefined && isMove) warn(warning);
  }
  const diff: Diff = { changes: changed.length > 0, replaces: [], changed };
  return diffResponse(diff, olds, news);
}

/** Also one that only the environment names: leaving it out may send everything elsewhere. `undefined` if it is not known. */
function endpointIn({ endpoint }: Properties): string | undefined {
  if (endpoint === UNKNOWN) return undefined;
  try {
    return resolveEndpoint(() => (typeof endpoint === "string" ? endpoint : undefined));
  } catch {
    return undefined;
  }
}

/** An explicit Provider of the dynamic host names the same things as `wayscloud:apiKey` and so on. */
function configurationIn(struct: Parameters<typeof decode>[0]): Properties {
  const { properties } = decode(struct);
  const entries = Object.entries(properties).map(
    ([name, value]) => [name.replace(/^wayscloud:/, ""), value] as const,
  );
  return Object.fromEntries(entries.filter(([name, value]) => NAMES.includes(name) && value !== null));
}

/** The account of a Configure call. Makes no request and refuses nothing: what is wrong is said where an account is needed. */
export function configured(request: messages.ConfigureRequest): PluginAccount {
  const { properties } = decode(request.getArgs());
  const { name } = parseUrn(request.getUrn() ?? "");
  const isExplicit = name !== "" && !/^default(_|$)/.test(name);
  const source = isExplicit ? `the configuration of the provider "${name}",` : "the stack config";
  return new PluginAccount(properties, source);
}
