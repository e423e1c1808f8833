// The inputs of a rotating key: checked, and typed with the unknown values of a preview.
import { checkInputs, decodeInputs } from "../../fields/field";
import type { Inputs, ValuesOf } from "../../fields/field";
import { InputCheck, privateInputsIn } from "../../fields/input-check";
import type { PrivateInputs } from "../../fields/input-check";
import { UNKNOWN } from "../../values";
import type { Properties, Checked } from "../../values";
import { overlapOf, rotatingKeyInputs } from "../../fields/api-key";
import type { KeyKind, Spec } from "../api-key/kind";

export type RotatingKeyInputs = Inputs<ValuesOf<typeof rotatingKeyInputs>> &
  PrivateInputs & { spec: Inputs<Spec> };

export function checkRotatingKey(kind: KeyKind, news: Properties): Checked {
  const fields = { ...kind.spec, ...rotatingKeyInputs };
  const check = new InputCheck(news, Object.keys(fields));
  checkInputs(fields, check);
  checkDays(check);
  return check.result();
}

function checkDays(check: InputCheck): void {
  const { rotateEveryDays, expiresInDays } = check.inputs;
  if (typeof rotateEveryDays !== "number") return;
  const days = overlapOf(decodeInputs(rotatingKeyInputs, check.inputs));
  const overlap = days === UNKNOWN ? 0 : days;
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

export function decodeRotatingKeyInputs(kind: KeyKind, properties: Properties): RotatingKeyInputs {
  const spec = decodeInputs(kind.spec, properties);
  return { ...decodeInputs(rotatingKeyInputs, properties), spec, ...privateInputsIn(properties) };
}
