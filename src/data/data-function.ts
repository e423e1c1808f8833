// The two forms of a data function: a promise, and an output that waits for its inputs.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import type { Provider } from "../provider";
import { givenArguments } from "../queries/arguments";
import type { Query } from "../queries/queries";
import { withoutStack } from "../text/without-stack";
import { connectionFor, accountKnown, providerOf, read } from "./account";
import { readyMoment } from "./dependencies";
import { hasMocks, askMocks, listFromMock } from "./mocks";
import { checkOptions } from "./options";
import type { DataOptions, DataOutputOptions } from "./options";

/** The promise form. The result is a copy. */
export function call<Response extends object, Result extends object>(
  query: Query<Response, Result>,
  args: unknown = {},
  opts: DataOptions = {},
): Promise<Result> {
  return withoutStack(async () => {
    checkOptions(query.name, opts, "plain");
    return answer(query, args, providerOf(query.name, opts), 0);
  });
}

/**
 * The output form. Unknown in a preview while an argument, its resource, one of `dependsOn` or the provider's
 * account is unknown. Never from a list that was requested before those resources were ready.
 */
export function callOutput<Response extends object, Result extends object>(
  query: Query<Response, Result>,
  args: pulumi.Input<unknown>,
  opts: DataOutputOptions = {},
): pulumi.Output<Result> {
  const prepared = withoutStack(() => {
    checkOptions(query.name, opts, "output");
    return { provider: providerOf(query.name, opts) };
  });
  const output = pulumi
    .output(prepared)
    .apply(({ provider }) =>
      whenReady(args, opts.dependsOn, accountKnown(provider)).apply(([known, notBefore]) =>
        withoutStack(() => answer(query, known, provider, notBefore)),
      ),
    );
  return output as unknown as pulumi.Output<Result>;
}

/** Waits for the arguments, their resources and `dependsOn`; with the moment from which a list has these. */
export function whenReady(
  args: pulumi.Input<unknown>,
  dependsOn: DataOutputOptions["dependsOn"],
  account: pulumi.Output<boolean> = pulumi.output(true),
): pulumi.Output<[args: unknown, notBefore: number, account: boolean]> {
  const inputs = pulumi.output(args);
  return pulumi.all([inputs, readyMoment(inputs, dependsOn), account]);
}

/** @throws ConfigurationError for an argument that only the output form takes, or no entry could equal. */
export function checkedArguments<Response extends object, Result extends object>(
  { name, args: types }: Query<Response, Result>,
  args: unknown,
): Readonly<Record<string, unknown>> {
  const refuse = (what: string, given: unknown): void => {
    const kind = pulumi.Output.isInstance(given) ? "an Output" : given instanceof Promise && "a Promise";
    if (kind) throw new ConfigurationError(`${name}: ${what} ${kind}. Use ${name}Output, which accepts it.`);
  };
  refuse("the arguments are", args);
  for (const [field, value] of Object.entries(args ?? {})) refuse(`\`${field}\` is`, value);
  return givenArguments(name, types, args);
}

async function answer<Response extends object, Result extends object>(
  query: Query<Response, Result>,
  args: unknown,
  provider: Provider | undefined,
  notBefore: number,
): Promise<Result> {
  const select = query.select(checkedArguments(query, args));
  if (hasMocks()) {
    const mocked = await askMocks(query.name, args, provider);
    return (query.list === undefined ? mocked : listFromMock(query.name, mocked)) as Result;
  }
  const response = await read(await connectionFor(query.name, provider), query.request, notBefore);
  return structuredClone(select(response));
}
