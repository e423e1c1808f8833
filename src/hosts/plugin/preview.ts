// What a preview may say of the outputs: what follows from the inputs or does not change is known, everything else is not.
import { isTemplate } from "../../text/auto-name";
import { UNKNOWN } from "../../values";
import type { Properties } from "../../values";
import type { Table } from "./schema/tables";

export function previewOfCreate({ outputs }: Table, inputs: Properties): Properties {
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, known(name, inputs)]));
}

/** `changed`: what the diff says of the outputs that the update changes. */
export function previewOfUpdate({ outputs }: Table, olds: Properties, changed: Properties): Properties {
  return Object.fromEntries(
    Object.keys(outputs).map((name) => [name, name in changed ? changed[name] : (olds[name] ?? null)]),
  );
}

function known(name: string, inputs: Properties): unknown {
  const value = inputs[name];
  // A template stands for a name that the account will tell.
  return value === undefined || isTemplate(value, name === "name" ? "name" : "description") ? UNKNOWN : value;
}
