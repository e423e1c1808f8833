// Filters for list functions: plain equality of the fields that are given.
import * as pulumi from "@pulumi/pulumi";

import { readOnce, readOnceOutput, told } from "./account-data";
import { ConfigurationError } from "../errors";
import type { DataOptions, DataOutputOptions } from "./options";
import type { AccountClient } from "../api/client";

/** A list of the account, read once and filtered here. */
export interface ListSource<Entry> {
  kind: string;
  read: (client: AccountClient) => Promise<Entry[]>;
  /** The fields that arguments may name. */
  filters: readonly (keyof Entry & string)[];
}

type Filter<Entry> = { readonly [K in keyof Entry]?: Entry[K] | undefined };

export function getList<Entry>(
  source: ListSource<Entry>,
  args: Filter<Entry> = {},
  opts?: DataOptions,
): Promise<Entry[]> {
  return told(async () => {
    const match = filter(source, args);
    return (await readOnce(source.kind, source.read, opts)).filter(match);
  });
}

export function getListOutput<Entry>(
  source: ListSource<Entry>,
  args: pulumi.Input<object> = {},
  opts?: DataOutputOptions,
): pulumi.Output<Entry[]> {
  const all = readOnceOutput(source.kind, source.read, opts);
  return pulumi
    .all([all, pulumi.output(args)])
    .apply<Entry[]>(([entries, known]) =>
      told(() => (entries as Entry[]).filter(filter(source, known as Filter<Entry>))),
    );
}

/** @throws on a field that cannot be filtered by: a typing mistake must not return everything. */
function filter<Entry>(source: ListSource<Entry>, args: Filter<Entry>): (entry: Entry) => boolean {
  const given = Object.entries(args).filter(([, value]) => value !== undefined) as [
    keyof Entry & string,
    unknown,
  ][];
  for (const [name] of given) {
    if (!source.filters.includes(name)) {
      throw new ConfigurationError(
        `Unknown filter \`${name}\` for ${source.kind}; there are ${source.filters.join(", ")}.`,
      );
    }
  }
  return (entry) => given.every(([name, value]) => entry[name] === value);
}
