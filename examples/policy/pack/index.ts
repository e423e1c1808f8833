// Rules that every stack has to keep, whoever wrote its program.
import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";

// Those of the package's own classes, and those of its plugin.
const PREFIXES = ["pulumi-nodejs:dynamic/wayscloud:", "wayscloud-account:index:"];
const typesOf = (...names: string[]): string[] =>
  PREFIXES.flatMap((prefix) => names.map((name) => prefix + name));
const tokens = typesOf("PersonalAccessToken", "RotatingPersonalAccessToken");
const serviceKeys = typesOf("ServiceKey", "RotatingServiceKey");
const MOST_DAYS = 90;

/** Everything, every write, or what amounts to it: a token that can make tokens can make one with any scope. */
function isWide(scope: string): boolean {
  return scope.includes("*") || /^(all|account|api_keys):write$/.test(scope);
}

const tokensExpire: ResourceValidationPolicy = {
  name: "tokens-expire",
  description: `Every token expires within ${MOST_DAYS} days.`,
  enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => {
    if (!tokens.includes(type)) return;
    if (props.expiresInDays === undefined)
      report(`It never expires; set expiresInDays, ${MOST_DAYS} at most.`);
    else if (props.expiresInDays > MOST_DAYS) report(`It expires in ${props.expiresInDays} days.`);
  },
};

const wideTokensAreReviewed: ResourceValidationPolicy = {
  name: "wide-tokens-are-reviewed",
  description: "A token with wide scopes names its review: rotationTriggers: { review: … }.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => {
    if (!tokens.includes(type) || props.rotationTriggers?.review) return;
    const wide: string[] = props.scopes.filter(isWide);
    if (wide.length > 0) report(`It has ${wide.join(", ")} and no review.`);
  },
};

// Only with the default description can the package prove after a lost answer that a key is its own.
const serviceKeysNameTheirOwner: ResourceValidationPolicy = {
  name: "service-keys-name-their-owner",
  description: "No service key has a description written by hand.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    if (!serviceKeys.includes(type)) return;
    const description = knownDescription(props);
    if (description === undefined) return;
    const [owner] = description.split(" #");
    if (!/^pulumi [^/]+\/[^/]+\//.test(description) || !owner?.endsWith(`/${name}`)) {
      report("Its description is written by hand; leave it out.");
    }
  },
};

/** The default ends in a mark that `up` draws. In a preview it is not known, and reading it throws. */
function knownDescription(props: Record<string, string>): string | undefined {
  try {
    return props.description;
  } catch {
    return undefined;
  }
}

new PolicyPack("wayscloud", {
  policies: [tokensExpire, wideTokensAreReviewed, serviceKeysNameTheirOwner],
});
