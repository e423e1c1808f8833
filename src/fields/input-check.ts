// Checks inputs: each helper reads one property, reports it if it is wrong, and accepts unknown values.
import {
  endsInMarker,
  isFrom,
  fillTemplate,
  isDefaultDescription,
  isPreviewTemplate,
  isTemplate,
} from "../text/auto-name";
import type { AutoKind } from "../text/auto-name";
import { didYouMean } from "../text/did-you-mean";
import { outputLiteralIn, outputLiteralMessage } from "../text/output-literal";
import { quotesSecret } from "../text/pasted-secret";
import { isHarmless, printable, quoted, listed } from "../text/quote";
import { UNKNOWN } from "../values";
import type { CheckFailure, Checked, Properties } from "../values";

/** An input from the resource classes: the resource and its stack, if no description or name has it. */
const OWNER = "__owner";

/** Private input: the program's own name or description only looks as if it ended in a generated marker. */
const PINNED = "__pinned";

function isPinnedIn({ [PINNED]: pinned }: Properties): boolean {
  return pinned === true;
}

/** The inputs that the resource classes add. */
export interface PrivateInputs {
  /** `project/stack/name` of the resource, or empty. */
  owner: string;
  /** The name or description only looks generated. */
  pinned: boolean;
}

export function privateInputsIn(properties: Properties): PrivateInputs {
  const { [OWNER]: owner } = properties;
  return { owner: typeof owner === "string" ? owner : "", pinned: isPinnedIn(properties) };
}

/** Collects the checked inputs and all failures of one resource at once. */
export class InputCheck {
  readonly failures: CheckFailure[] = [];
  readonly inputs: Properties = {};
  /** Inputs that have already failed and get no second message. */
  private readonly rejected = new Set<string>();

  constructor(
    readonly news: Properties,
    allowed: readonly string[],
  ) {
    for (const [name, value] of Object.entries(news)) {
      const literal = outputLiteralIn(name, value);
      if (name === OWNER) {
        if (typeof value === "string") this.inputs[name] = value;
      } else if (name === PINNED) {
        // With `ignoreChanges: ["*"]` the engine passes it back; `autoName` sets it again.
        continue;
      } else if (!allowed.includes(name)) {
        // The value may be a secret under a misspelled name, so the failure names no property.
        this.fail(
          "",
          `unknown input \`${quotesSecret(name) ? "…" : printable(name, 60)}\`${didYouMean(name, allowed)} Valid inputs: ${listed(allowed)}.`,
        );
      } else if (literal !== undefined) {
        this.rejected.add(name);
        this.fail(name, outputLiteralMessage(literal));
      }
    }
  }

  result(): Checked {
    return { inputs: this.inputs, failures: this.failures };
  }

  /** The engine prints the value of a failure's property, so only a harmless value gets one. */
  fail(property: string, reason: string): void {
    this.failures.push({ property: isHarmless(this.news[property]) ? property : "", reason });
  }

  /** Is the value known, and not rejected yet? An unknown value is accepted unchanged. */
  isKnown(name: string): boolean {
    if (this.rejected.has(name)) return false;
    const value = this.news[name];
    if (value === UNKNOWN) this.inputs[name] = UNKNOWN;
    return value !== undefined && value !== null && value !== UNKNOWN;
  }

  required(name: string, what: string): boolean {
    if (this.news[name] === undefined || this.news[name] === null) {
      this.fail(name, `\`${name}\` is required: ${what}`);
    }
    return this.isKnown(name);
  }

  /** Accepts a value of this type. */
  value<T>(name: string, expected: string, matches: (value: unknown) => value is T): T | undefined {
    if (!this.isKnown(name)) return undefined;
    const value = this.news[name];
    if (matches(value)) {
      this.inputs[name] = value;
      return value;
    }
    const given = typeof value === "number" ? String(value) : quoted(value);
    this.fail(name, `\`${name}\` must be ${expected}, not ${given}`);
    return undefined;
  }

  /** A string that people will see: in the account, in messages, in the state. */
  string(name: string): string | undefined {
    const value = this.news[name];
    if (this.isKnown(name) && typeof value === "string" && quotesSecret(value, isGenerated(name, value))) {
      this.fail(
        "",
        `\`${name}\` contains a key or another secret, but it is shown in plain text. Remove the secret from it`,
      );
      return undefined;
    }
    return this.value(name, "a string", (given) => typeof given === "string");
  }

  /**
   * A name or description that may be omitted. A generated suffix is kept for the lifetime of the resource,
   * unless `renew` (the object is being replaced). With `adopting` the template stays, because the adopted
   * object already has a name.
   */
  autoName(name: AutoKind, olds: Properties, options: { adopting: boolean; renew: boolean }): void {
    const value = this.string(name);
    const old = olds[name];
    const wasPinned = isPinnedIn(olds);
    if (!isTemplate(value, name)) {
      // With `ignoreChanges` the engine passes the generated one that the state has.
      if (endsInMarker(value, name) && (wasPinned || old !== value)) this.inputs[PINNED] = true;
      return;
    }
    const isOurs = isTemplate(old, name) || (endsInMarker(old, name) && (!wasPinned || isFrom(value, old)));
    if (!options.renew && isOurs) this.inputs[name] = old;
    else if (isPreviewTemplate(value)) this.inputs[name] = UNKNOWN;
    else this.inputs[name] = options.adopting ? value : fillTemplate(value);
  }
}

/** Whether the package may have generated this text, from a logical name that looks like a key. */
function isGenerated(name: string, value: string): boolean {
  if (name === "namePrefix") return value.endsWith("-");
  if (name !== "name" && name !== "description") return false;
  if (isTemplate(value, name) || endsInMarker(value, name)) return true;
  return name === "description" && isDefaultDescription(value);
}
