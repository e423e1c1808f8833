// Options that all data functions take.
import type { Provider } from "../provider";

/** Options of a data function that returns a promise. */
export interface DataOptions {
  /**
   * The account to read.
   * @default the account that the stack config, the environment or the credentials file names
   */
  provider?: Provider | undefined;
}

/** Options of a data function that returns an output. */
export type DataOutputOptions = DataOptions;
