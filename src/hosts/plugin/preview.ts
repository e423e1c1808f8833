// What a preview may say of the outputs: what follows from the inputs or does not change is known, everything else is not.
import { isTemplate } from "../../text/auto-name";
import { UNKNOWN } from "../../lifecycle/lifecycle";
import type { Properties } from "../../lifecycle/lifecycle";
import type { ResourceTable } from "./schema/resources";

export function previewOfCreate({ outputs }: ResourceTable, inputs: Properties): Properties {
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, known(name, inputs)]));
}

export function previewOfUpdate(
  { inputs, outputs, updated }: ResourceTable,
  olds: Properties,
  news: Properties,
): Properties {
  const shown = (name: string): unknown => {
    if (name in inputs && name in news) return known(name, news);
    return updated.includes(name) ? UNKNOWN : (olds[name] ?? null);
  };
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, shown(name)]));
}

function known(name: string, inputs: Properties): unknown {
  const value = inputs[name];
  // A template stands for a name that the account will tell.
  return value === undefined || isTemplate(value, name === "name" ? "name" : "description") ? UNKNOWN : value;
}
