// The provider's configuration, by the names that stack config and explicit providers use.
import { secret, string } from "./fields";
import type { Fields } from "./fields";

export const configuration: Fields = { apiKey: secret(string), endpoint: string, customerId: string };

export { secretsAmong } from "./resources";
