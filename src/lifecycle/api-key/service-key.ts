// What is specific to service keys.
import { didYouMean } from "../../text/did-you-mean";
import { quoted } from "../../text/quote";
import { inputOf } from "../properties";
import { isServiceKey } from "./kind";
import type { KeyKind } from "./kind";

export const SERVICES = ["database", "storage", "llm-api", "dns", "vps"] as const;

export interface ServiceSpec {
  service: string;
}

export const serviceKeyKind: KeyKind<ServiceSpec> = {
  label: "service key",
  specNames: ["service"],
  updatable: [],
  check(check) {
    if (!check.required("service", `one of ${SERVICES.join(", ")}`)) return;
    const service = check.string("service");
    if (service === undefined || (SERVICES as readonly string[]).includes(service)) return;
    const given = quoted(service) + didYouMean(service, SERVICES);
    check.fail("service", `\`service\` must be one of ${SERVICES.join(", ")}, not ${given}`);
  },
  decodeInputs: (properties) => ({ service: inputOf<string>(properties, "service") ?? "" }),
  decodeSpec: (state) => ({ service: state.string("service") }),
  fixedOutputs: ({ spec }) => ({ service: spec.service }),
  singleKeyOutputs: ({ listedScopes }) => ({ scopes: listedScopes }),
  post: ({ service }, description, run, operation) =>
    run.client.createServiceKey(
      { service, ...(description === undefined ? {} : { description }) },
      operation,
    ),
  whyMismatched(entry, spec) {
    if (!isServiceKey(entry)) return "it is not a service key, but a personal access token";
    if (spec === undefined || entry.service === spec.service) return undefined;
    return `it is for the service ${JSON.stringify(entry.service)}`;
  },
  serviceOf: ({ service }) => service,
  specOf: ({ service = "" }) => ({ service }),
  expires: () => false,
  expiresAt: () => null,
};
