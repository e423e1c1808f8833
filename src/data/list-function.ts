// Data functions that return a list: read as a whole, filtered here by equality.
import type { DataFunction } from "./data-function";
import type { Request } from "./account";
import { givenFields, matches } from "./filters";
import type { Fields } from "./filters";
import { listFromMock } from "./mocks";

type Given = [field: string, value: unknown][];

/** A function that lists what the account has, filtered by these fields. */
export function listFunction<Entry extends object>(
  name: string,
  request: Request<Entry[]>,
  filters: Fields,
): DataFunction<Entry[], Given, Entry[]> {
  return {
    name,
    request,
    check: (args) => givenFields(name, args, filters),
    select: (entries, given) => entries.filter((entry) => matches(entry, given)),
    fromMock: (answer) => listFromMock<Entry>(name, answer),
  };
}
