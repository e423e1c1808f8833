// The failures of some entries of a set, collected while the others continue, and reported in one message.
import { ConfigurationError, errorMessage, WaysCloudError } from "../../errors";
import { SameSshKeyError } from "../ssh-key/conflict";

/** More of them would bury the first ones. */
const MAX_SHOWN = 10;

export class Failures {
  private readonly all: { label: string; error: unknown }[] = [];
  private notBegun = 0;

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

  noteNotBegun(count: number): void {
    this.notBegun += count;
  }

  /** The only failure, if no other work was skipped. */
  private get only(): { error: unknown } | undefined {
    return this.all.length === 1 && this.notBegun === 0 ? this.all[0] : undefined;
  }

  /** `what`: the operation. */
  message(what: string): string {
    if (this.only) return errorMessage(this.only.error);
    const notTried = this.notBegun > 0 ? `, and ${this.notBegun} more were not tried` : "";
    return `${what} failed for ${this.all.length} of its keys${notTried}:${this.reasons()}`;
  }

  private reasons(): string {
    const [first, ...others] = this.all.map(({ error }) => errorMessage(error));
    if (first !== undefined && others.every((other) => other === first)) return ` ${first}`;
    const shown = this.all.slice(0, MAX_SHOWN);
    const lines = shown.map(({ label, error }) => `\n- ${label}: ${summaryOf(error)}`);
    const advice = new Set(shown.flatMap(({ error }) => adviceOf(error) ?? []));
    const more = this.all.length - shown.length;
    return [...lines, more > 0 ? `\n- and ${more} more` : "", ...[...advice].map((each) => `\n${each}`)].join(
      "",
    );
  }

  /** For when nothing was done. */
  error(what: string): unknown {
    if (this.only) return this.only.error;
    return new WaysCloudError({ message: this.message(what), outcome: "rejected" });
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
