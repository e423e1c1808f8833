// The fields of the provider's configuration and of its resources, as the package schema has them.
import { packageFile } from "../../../package-file";

/** What the plugin's code asks of a field is its name, and whether it is secret. */
export type Fields = Readonly<Record<string, { secret?: boolean }>>;

export interface Table {
  inputs: Fields;
  outputs: Fields;
}

interface PackageSpec {
  provider: { inputProperties: Fields };
  resources: Record<string, { inputProperties: Fields; properties: Fields }>;
}

/** What a release adds is not in it. */
export const committed = JSON.parse(packageFile("plugin/schema.json")) as PackageSpec;

export const configuration = committed.provider.inputProperties;

/** By the names of the classes. */
export const resourceTables: Readonly<Record<string, Table>> = Object.fromEntries(
  Object.entries(committed.resources).map(([token, { inputProperties, properties }]) => [
    token.slice(token.lastIndexOf(":") + 1),
    { inputs: inputProperties, outputs: properties },
  ]),
);

/** The names of the secret ones. */
export function secretsAmong(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.secret);
}
