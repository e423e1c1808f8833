// What every data function is, and its two forms: a promise, and an output that waits for its inputs.
import * as pulumi from "@pulumi/pulumi";

import { connectionFor, accountKnown, providerOf, read } from "./account";
import type { Request } from "./account";
import { readyMoment } from "./dependencies";
import { hasMocks, askMocks } from "./mocks";
import { checkOptions } from "./options";
import type { DataOptions, DataOutputOptions } from "./options";
import type { Provider } from "../provider";
import { withoutStack } from "../text/without-stack";

/** A function of the package: what it requests, and what it makes of the response. */
export interface DataFunction<Response, Args, Result> {
  /** As programs call it; the output form adds `Output`. */
  name: string;
  request: Request<Response>;
  /** What the arguments ask for, checked. @throws ConfigurationError, before any request. */
  check: (args: unknown) => Args;
  select: (response: Response, args: Args) => Result;
  /** What a test's mock returned, as a result. */
  fromMock: (answer: object) => Result;
}

/** The promise form. The result is the caller's own copy. */
export function call<Response, Args, Result>(
  fn: DataFunction<Response, Args, Result>,
  args: unknown,
  opts: DataOptions = {},
): Promise<Result> {
  return withoutStack(async () => {
    checkOptions(fn.name, opts, "plain");
    return answer(fn, args, providerOf(fn.name, opts), 0);
  });
}

/**
 * The output form. Unknown in a preview as long as an argument, a resource that it comes from, one of `dependsOn` or the provider's account is; never
 * from a list that was requested before those resources were ready.
 */
export function callOutput<Response, Args, Result>(
  fn: DataFunction<Response, Args, Result>,
  args: pulumi.Input<unknown>,
  opts: DataOutputOptions = {},
): pulumi.Output<Result> {
  const prepared = withoutStack(() => {
    checkOptions(fn.name, opts, "output");
    return { provider: providerOf(fn.name, opts) };
  });
  const inputs = pulumi.output(args);
  const output = pulumi
    .output(prepared)
    .apply(({ provider }) =>
      pulumi
        .all([inputs, readyMoment(inputs, opts.dependsOn), accountKnown(provider)])
        .apply(([known, notBefore]) => withoutStack(() => answer(fn, known, provider, notBefore))),
    );
  return output as unknown as pulumi.Output<Result>;
}

async function answer<Response, Args, Result>(
  fn: DataFunction<Response, Args, Result>,
  args: unknown,
  provider: Provider | undefined,
  notBefore: number,
): Promise<Result> {
  const wanted = fn.check(args);
  if (hasMocks()) return fn.fromMock(await askMocks(fn.name, args, provider));
  const response = await read(await connectionFor(fn.name, provider), fn.request, notBefore);
  return structuredClone(fn.select(response, wanted));
}
