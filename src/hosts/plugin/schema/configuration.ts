// The provider's configuration, by the names that stack config and explicit providers use.
import { SETTINGS } from "../../../settings";
import { secret, string } from "./fields";
import type { Fields } from "./fields";

export const configuration: Fields = Object.fromEntries(
  Object.values(SETTINGS).flatMap(({ own, isSecret }) =>
    own.map((name) => [name, isSecret ? secret(string) : string]),
  ),
);

export { secretsAmong } from "./resources";
