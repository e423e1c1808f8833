// The provider's functions: the queries of the package, answered from requests sent after the call arrived.
import { InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";

import { ConfigurationError } from "../../errors";
import { givenArguments } from "../../queries/arguments";
import { queries } from "../../queries/queries";
import type { Query } from "../../queries/queries";
import { moment } from "../../queries/shared-list";
import type { Responses } from "../../queries/shared-list";
import { listed } from "../../text/quote";
import { UNKNOWN } from "../../values";
import { decode, encode, present } from "./values";

export async function invoke(request: InvokeRequest, responses: Responses): Promise<InvokeResponse> {
  // Another process may have just created the awaited resource, so only a new request counts.
  const arrived = moment();
  const query = queryOf(request.getTok());
  // Other languages send null for omitted arguments.
  const args = present(decode(request.getArgs()).properties);
  const given = givenArguments(query.name, query.args, args, (value) => value === UNKNOWN);
  const response = new InvokeResponse();
  // Without known arguments there is no answer yet.
  if (Object.values(given).includes(UNKNOWN)) return response;
  const result = query.select(given)(await responses.since(query.request, arrived));
  return response.setReturn(encode(query.list === undefined ? { ...result } : { [query.list]: result }));
}

function queryOf(token: string): Query<object, object> {
  const name = /^wayscloud-account:index:(\w+)$/.exec(token)?.[1] ?? "";
  const found = Object.entries(queries).find(([each]) => each === name)?.[1];
  if (found) return found as Query<object, object>;
  throw new ConfigurationError(
    `The provider wayscloud-account has no such function; there are ${listed(Object.keys(queries))}.`,
  );
}
