// The inputs of a rotating key: checked, and typed with the unknown values of a preview.
import { known, defined } from "../../values";
import type { MaybeUnknown, Properties } from "../../values";
import type { KeyKind, SpecInputs } from "../api-key/kind";
import { InputCheck } from "../inputs";
import { inputOf } from "../properties";
import type { Checked } from "../inputs";

const MAX_DAYS = 3_650;

export interface RotatingKeyInputs<Spec> {
  spec: SpecInputs<Spec>;
  description: MaybeUnknown<string>;
  rotationTriggers: unknown;
  rotateEveryDays: MaybeUnknown<number>;
  overlapDays: MaybeUnknown<number> | undefined;
  holdWhileUsed: MaybeUnknown<boolean> | undefined;
  /** `project/stack/name` of the resource; given with an explicit description only. */
  owner: string;
}

export function checkRotatingKey<Spec extends object>(kind: KeyKind<Spec>, news: Properties): Checked {
  const own = [
    "description",
    "rotationTriggers",
    "rotateEveryDays",
    "overlapDays",
    "holdWhileUsed",
    "__owner",
  ];
  const check = new InputCheck(news, [...kind.specNames, ...own]);
  kind.check(check, news);
  check.string("description");
  check.valueMap("rotationTriggers");
  if (check.required("rotateEveryDays", "how many days a key serves before a new one is created")) {
    check.days("rotateEveryDays", MAX_DAYS);
  }
  check.days("overlapDays", MAX_DAYS, 0);
  check.boolean("holdWhileUsed");
  check.private("__owner");
  checkDays(check, news);
  return check.result();
}

function checkDays(check: InputCheck, { rotateEveryDays, overlapDays, expiresInDays }: Properties): void {
  if (typeof rotateEveryDays !== "number") return;
  const overlap = typeof overlapDays === "number" ? overlapDays : 0;
  if (overlap > 0 && overlap >= rotateEveryDays) {
    check.fail(
      "overlapDays",
      `\`overlapDays\` (${overlap}) must be smaller than \`rotateEveryDays\` (${rotateEveryDays}); otherwise more than two keys would be live at once`,
    );
  }
  const least = rotateEveryDays + overlap;
  if (typeof expiresInDays === "number" && expiresInDays < least) {
    check.fail(
      "expiresInDays",
      `\`expiresInDays\` (${expiresInDays}) must be at least ${least} (\`rotateEveryDays\` ${rotateEveryDays} + \`overlapDays\` ${overlap}); otherwise keys expire while in use`,
    );
  }
}

export function decodeRotatingKeyInputs<Spec extends object>(
  kind: KeyKind<Spec>,
  properties: Properties,
): RotatingKeyInputs<Spec> {
  return {
    spec: kind.decodeInputs(properties),
    description: inputOf<string>(properties, "description") ?? "",
    rotationTriggers: properties.rotationTriggers,
    rotateEveryDays: inputOf<number>(properties, "rotateEveryDays") ?? MAX_DAYS,
    overlapDays: inputOf(properties, "overlapDays"),
    holdWhileUsed: inputOf(properties, "holdWhileUsed"),
    owner: known(inputOf<string>(properties, "__owner") ?? "", "__owner"),
  };
}

/** The inputs as outputs of an unresolved creation. */
export function encodeRotatingKeyInputs<Spec extends object>(
  kind: KeyKind<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  description: string,
): Properties {
  const { spec, rotationTriggers, rotateEveryDays, overlapDays, holdWhileUsed } = inputs;
  return defined({
    ...Object.fromEntries(kind.specNames.map((name) => [name, spec[name] ?? undefined])),
    ...{ description, rotationTriggers, rotateEveryDays, overlapDays, holdWhileUsed },
  });
}
