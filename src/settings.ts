// The settings (credential, endpoint, expected account): one table of their names in every source.
import { didYouMean, nearest } from "./text/did-you-mean";

/** This package's namespace of the stack config, which both hosts read. */
export const OWN = "wayscloud-account:";
/** The namespace of the vendor's bridged provider, which refuses to start with an unknown name there. */
export const VENDOR = "wayscloud:";

/** The names of a setting in each source. The first name that is set wins; a blank value is an error. */
export interface Setting {
  /** Names after {@link OWN} and in a `Provider`. Only one may be set; messages use the first. */
  readonly own: readonly [string, ...string[]];
  /** The vendor's own names, after {@link VENDOR}. */
  readonly vendor: readonly string[];
  /** Names after {@link VENDOR} that still count, although the vendor's provider does not know them. */
  readonly former: readonly string[];
  readonly variables: readonly string[];
  readonly isSecret: boolean;
  /** Wrong names after {@link VENDOR}, in lower case, beside those that are found by their spelling. */
  readonly mistaken: readonly string[];
}

export const SETTINGS: Readonly<Record<"credential" | "endpoint" | "customerId", Setting>> = {
  credential: {
    own: ["patToken", "apiKey"],
    vendor: ["patToken", "apiKey"],
    former: [],
    // The last one may hold a service key, for the vendor's Terraform provider.
    variables: ["WAYSCLOUD_PAT_TOKEN", "WAYSCLOUD_TOKEN", "WAYSCLOUD_API_KEY"],
    isSecret: true,
    mistaken: ["token", "pat", "accesstoken", "personalaccesstoken"],
  },
  endpoint: {
    own: ["endpoint"],
    vendor: ["endpoint"],
    former: [],
    variables: ["WAYSCLOUD_ENDPOINT", "WAYSCLOUD_API_URL"],
    isSecret: false,
    mistaken: ["url", "apiurl", "baseurl"],
  },
  customerId: {
    own: ["customerId"],
    vendor: [],
    former: ["customerId"],
    variables: ["WAYSCLOUD_CUSTOMER_ID"],
    isSecret: false,
    mistaken: ["customer", "account", "accountid"],
  },
};

/** The names after {@link OWN}, and of a `Provider`'s arguments. */
export const OWN_NAMES: readonly string[] = Object.values(SETTINGS).flatMap(({ own }) => own);

/** A Provider of the dynamic host has its account in the state under these names: they never change. */
export const API_KEY = "wayscloud:apiKey";
export const ENDPOINT = "wayscloud:endpoint";
export const CUSTOMER_ID = "wayscloud:customerId";

/** The keys of a setting in the configuration, by precedence. */
export function keysOf({ own, vendor, former }: Setting): string[] {
  return [...own.map((name) => OWN + name), ...[...vendor, ...former].map((name) => VENDOR + name)];
}

export function bothSet(first: string, second: string): string {
  return `Both ${first} and ${second} set the credential. Remove one of them.`;
}

export function unknownName(name: string, what: string): string {
  const shown = name.slice(0, 60).replace(/[^ -~]/g, "?");
  return `unknown ${what} \`${shown}\`${didYouMean(name, OWN_NAMES)} The settings are ${OWN_NAMES.join(", ")}.`;
}

/** The warning about a name after {@link VENDOR} that is, or was probably meant to be, this package's. */
export function misplaced(name: string): string | undefined {
  const remove = `\`pulumi config rm ${VENDOR}${name}\``;
  for (const { own, vendor, former, mistaken, isSecret } of Object.values(SETTINGS)) {
    const right = OWN + own[0];
    if (vendor.includes(name)) return undefined;
    if (former.includes(name)) {
      return `${VENDOR}${name} is in the stack config. This package uses it, but the official provider refuses to start with it: run \`pulumi config set ${right}\` with the same value, and ${remove}.`;
    }
    const plain = name.toLowerCase().replace(/[^a-z]/g, "");
    if (mistaken.includes(plain) || nearest(plain, own, 2) !== undefined) {
      const set = `\`pulumi config set ${isSecret ? "--secret " : ""}${right}\``;
      return `${VENDOR}${name} in the stack config has no effect; did you mean ${right}? Run ${set} with the same value, and ${remove}.`;
    }
  }
  return undefined;
}
