// Options that all data functions take.
import type * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import type { Provider } from "../provider";
import { didYouMean } from "../text/did-you-mean";
import { shape } from "../text/quote";

/** Options of a data function that returns a promise. */
export interface DataOptions {
  /**
   * The account to read.
   * @default the provider of `parent`, else the account of the stack config, the environment or the
   * credentials file
   */
  provider?: Provider | undefined;
  /**
   * The resource whose provider is used, such as the component that calls the function.
   * @default none
   */
  parent?: pulumi.Resource | undefined;
}

/** Options of a data function that returns an output. */
export interface DataOutputOptions extends DataOptions {
  /**
   * Read only after these resources were created or updated. Without it, the function still waits for the
   * resources that its arguments come from.
   * @default none
   */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource> | undefined;
}

const PLAIN = ["provider", "parent"];
const OUTPUT = [...PLAIN, "dependsOn"];

/**
 * `others`: further options of this function. @throws ConfigurationError for an option that does not exist: a
 * misspelled `provider` must not read another account.
 */
export function checkOptions(
  name: string,
  opts: unknown,
  form: "plain" | "output",
  others: readonly string[],
): void {
  if (typeof opts !== "object" || opts === null) {
    throw new ConfigurationError(
      `${name}: \`opts\` must be an object such as { provider }, not ${shape(opts)}.`,
    );
  }
  const known = [...(form === "output" ? OUTPUT : PLAIN), ...others];
  for (const [option, value] of Object.entries(opts)) {
    if (value === undefined || known.includes(option)) continue;
    if (option === "dependsOn") {
      throw new ConfigurationError(
        `${name}: a promise cannot wait for \`dependsOn\`. Use ${name}Output, which can.`,
      );
    }
    throw new ConfigurationError(`${name}: unknown option \`${option}\`${didYouMean(option, known)}`);
  }
}
