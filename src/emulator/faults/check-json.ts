// Checks faults as they come from JSON, where a misspelled field must not silently mean "nothing goes wrong".
import { FaultError } from "./fault";
import type { Fault } from "./fault";
import { contradictionIn } from "./contradictions";
import { FIELD_CHECKS } from "./field-checks";
import { errorMessage } from "../http/error-message";

/** Throws a {@link FaultError} that says what is wrong with a fault; otherwise returns it as one. */
export function checkFault(value: unknown, wrapsLists = true): Fault {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FaultError("a fault must be an object");
  }
  for (const [key, content] of Object.entries(value) as [string, unknown][]) {
    if (!Object.hasOwn(FIELD_CHECKS, key)) {
      throw new FaultError(`fault: unknown field "${key}" (known: ${Object.keys(FIELD_CHECKS).join(", ")})`);
    }
    if (content === undefined) continue;
    const rule = FIELD_CHECKS[key as keyof Fault](content);
    if (rule) throw new FaultError(`fault: ${key} ${rule}`);
  }
  const fault = value as Fault;
  const contradiction = contradictionIn(fault, wrapsLists);
  if (contradiction) throw new FaultError(`fault: ${contradiction}`);
  return fault;
}

/** Reads one fault or a list of them from JSON; `source` names the JSON in errors. */
export function parseFaults(json: string, source: string, wrapsLists: boolean): Fault[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new FaultError(`${source} is not JSON: ${errorMessage(error)}`);
  }
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((fault) => checkFault(fault, wrapsLists));
}
