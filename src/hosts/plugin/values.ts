// The engine's property values, with wrapped secrets, unknowns and outputs; lifecycles see plain values.
import { LOST, SIGNATURE } from "../../text/unsafe-entry";
import { UNKNOWN, without } from "../../values";
import type { Properties } from "../../values";
import { forEngine, UNKNOWN_VALUE } from "../values";
import { noteSecret } from "./current-call";
import { Struct } from "./sdk";
import type { StructValue } from "./sdk";

const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** The engine has one unknown value for each type; the first is that of a string. */
const UNKNOWN_VALUES: readonly string[] = [
  UNKNOWN_VALUE,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** Plain properties, and the names of those that are or contain a secret. */
export interface Decoded {
  properties: Properties;
  secrets: Set<string>;
}

/** The properties from the engine, without `__provider`, which a state of the dynamic host has. */
export function decode(struct: Struct | undefined): Decoded {
  const properties: Properties = {};
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    if (name === "__provider" || name === "__proto__") continue;
    properties[name] = plain(value as unknown, () => secrets.add(name));
    if (secrets.has(name)) noteSecret(properties[name]);
  }
  return { properties, secrets };
}

/** Without null properties: an absent output is written as null, so that previews know it. */
export function present(properties: Properties): Properties {
  return without(properties, ...Object.keys(properties).filter((name) => properties[name] === null));
}

/** The property with an entry `__proto__`, which `decode` cannot see: it is the prototype of gRPC's map. */
export function propertyWithLost(struct: Struct | undefined): string | undefined {
  if (!struct) return undefined;
  if (isLostIn(struct.getFieldsMap())) return LOST;
  let found: string | undefined;
  struct.getFieldsMap().forEach((value, name) => {
    if (holdsLost(value)) found ??= name;
  });
  return found;
}

function holdsLost(value: StructValue): boolean {
  if (propertyWithLost(value.getStructValue()) !== undefined) return true;
  return value.getListValue()?.getValuesList().some(holdsLost) === true;
}

function isLostIn(fields: object): boolean {
  return Object.values(fields).some((part: unknown) => {
    const prototype: unknown =
      typeof part === "object" && part !== null ? Object.getPrototypeOf(part) : undefined;
    return typeof prototype === "object" && prototype !== null && Object.values(prototype).includes(LOST);
  });
}

/** The properties for the engine, with these marked as secret. */
export function encode(properties: Properties, secrets: Iterable<string> = []): Struct {
  const marked = new Set(secrets);
  // An absent value is not secret.
  const values = Object.entries(forEngine(properties)).map(([name, value]) => [
    name,
    marked.has(name) && value !== null ? { [SIGNATURE]: SECRET, value } : value,
  ]);
  return Struct.fromJavaScript(Object.fromEntries(values) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function plain(value: unknown, secretFound: () => void): unknown {
  if (typeof value === "string") return UNKNOWN_VALUES.includes(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map((part) => plain(part, secretFound));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Properties;
  switch (fields[SIGNATURE]) {
    case SECRET:
      secretFound();
      return plain(fields.value, secretFound);
    case OUTPUT:
      if (fields.secret === true) secretFound();
      return "value" in fields ? plain(fields.value, secretFound) : UNKNOWN;
    case RESOURCE:
      return plain(fields.id ?? fields.urn, secretFound);
    default:
      return Object.fromEntries(
        Object.entries(fields)
          .filter(([name]) => name !== "__proto__")
          .map(([name, part]) => [name, plain(part, secretFound)]),
      );
  }
}
