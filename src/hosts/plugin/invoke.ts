// The provider's functions: the queries of the package, answered from requests that were sent after the call
// arrived.
import { InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";

import { ConfigurationError } from "../../errors";
import type { Run } from "../../lifecycle/run";
import { givenArguments } from "../../queries/arguments";
import { queries } from "../../queries/queries";
import type { Query } from "../../queries/queries";
import { moment, SharedList } from "../../queries/shared-list";
import { listed } from "../../text/quote";
import { UNKNOWN } from "../../values";
import { decode, encode } from "./values";

/** The functions of one account. */
export class Functions {
  private readonly responses = new Map<string, SharedList<object>>();

  constructor(private readonly run: () => Run) {}

  async invoke(request: InvokeRequest): Promise<InvokeResponse> {
    // Another process may have just created the awaited resource, so only a new request counts.
    const arrived = moment();
    const query = queryOf(request.getTok());
    const args = decode(request.getArgs()).properties;
    // Other languages send null for omitted arguments.
    const present = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
    const given = givenArguments(query.name, query.args, present, (value) => value === UNKNOWN);
    const response = new InvokeResponse();
    // Without known arguments there is no answer yet.
    if (Object.values(given).includes(UNKNOWN)) return response;
    const result = query.select(given)(await this.read(query, arrived));
    response.setReturn(encode(query.list === undefined ? { ...result } : { [query.list]: result }));
    return response;
  }

  private read<T extends object>({ request }: Query<T, object>, notBefore: number): Promise<T> {
    const { kind, read } = request;
    let shared = this.responses.get(kind) as SharedList<T> | undefined;
    if (!shared) this.responses.set(kind, (shared = new SharedList(() => read(this.run().client))));
    return shared.since(notBefore);
  }
}

function queryOf(token: string): Query<object, object> {
  const name = /^wayscloud-account:index:(\w+)$/.exec(token)?.[1] ?? "";
  const found = Object.entries(queries).find(([each]) => each === name)?.[1];
  if (found) return found as Query<object, object>;
  throw new ConfigurationError(
    `The provider wayscloud-account has no such function; there are ${listed(Object.keys(queries))}.`,
  );
}
