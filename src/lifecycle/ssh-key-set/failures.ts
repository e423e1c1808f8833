// The failures of some entries of a set, collected while the others continue, and reported in one message.
import { ConfigurationError, errorMessage, WaysCloudError } from "../../errors";
import { SameSshKeyError } from "../ssh-key/conflict";

/** More of them would bury the first ones. */
const MAX_SHOWN = 10;

export class Failures {
  private readonly all: { label: string; error: unknown }[] = [];
  /** How much work was skipped. */
  notBegun = 0;

  get any(): boolean {
    return this.all.length > 0;
  }

  /** Runs `work`, which returns a message if it is unfinished. False if all other work would fail too. */
  async collect(label: string, work: () => Promise<string | undefined>): Promise<boolean> {
    try {
      const unfinished = await work();
      if (unfinished !== undefined) this.all.push({ label, error: new Error(unfinished) });
      return unfinished === undefined;
    } catch (error) {
      this.all.push({ label, error });
      return !concernsAll(error);
    }
  }

  /** Does the account have one of the keys under its very name? */
  get anySameKey(): boolean {
    return this.all.some(({ error }) => error instanceof SameSshKeyError);
  }

  /** All of them as one error. `what`: the operation. */
  error(what: string): unknown {
    const [first] = this.all;
    if (first && this.all.length === 1 && this.notBegun === 0) return first.error;
    const notTried = this.notBegun > 0 ? `, and ${this.notBegun} more were not tried` : "";
    const message = `${what} failed for ${this.all.length} of its keys${notTried}:${this.reasons()}`;
    return new WaysCloudError({ message, outcome: "rejected" });
  }

  private reasons(): string {
    const [first, ...others] = this.all.map(({ error }) => errorMessage(error));
    if (first !== undefined && others.every((other) => other === first)) return ` ${first}`;
    const shown = this.all.slice(0, MAX_SHOWN);
    const lines = shown.map(({ label, error }) => `\n- ${label}: ${summaryOf(error)}`);
    const advice = new Set(shown.flatMap(({ error }) => adviceOf(error) ?? []));
    const more = this.all.length - shown.length;
    if (more > 0) lines.push(`\n- and ${more} more`);
    return [...lines, ...Array.from(advice, (each) => `\n${each}`)].join("");
  }
}

function summaryOf(error: unknown): string {
  return error instanceof WaysCloudError ? error.summary : errorMessage(error);
}

/** Shown once, however many keys it concerns. */
function adviceOf(error: unknown): string | undefined {
  return error instanceof WaysCloudError ? error.advice : undefined;
}

/** There is no credential, or the account cannot be reached, does not answer or refuses it. */
function concernsAll(error: unknown): boolean {
  if (error instanceof ConfigurationError) return true;
  if (!(error instanceof WaysCloudError)) return false;
  return (
    error.status === 401 ||
    error.status === 403 ||
    !(error.outcome === "rejected" || error.outcome === "conflict")
  );
}
