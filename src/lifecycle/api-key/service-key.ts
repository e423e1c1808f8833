// What is peculiar to a service key.
import { apiKeyLifecycle } from "./lifecycle";
import { didYouMean, holdsSecret, shape } from "../inputs";
import type { KeyKind } from "./kind";

export const SERVICES = ["database", "storage", "llm-api", "dns", "vps"] as const;

/** Also the kind of key that a rotating service key holds. */
export const serviceKeyKind: KeyKind = {
  noun: "service key",
  fixed: ["service"],
  changeable: [],
  check(check) {
    if (!check.required("service", `one of ${SERVICES.join(", ")}`)) return;
    const service = check.text("service");
    if (service === undefined || (SERVICES as readonly string[]).includes(service)) return;
    const given = holdsSecret(service) ? shape(service) : JSON.stringify(service.slice(0, 60));
    check.fail(
      "service",
      `\`service\` must be one of ${SERVICES.join(", ")}, not ${given}${didYouMean(service, SERVICES)}`,
    );
  },
  post: (inputs, context, operation) =>
    context.client.createServiceKey(
      {
        service: inputs.service as string,
        ...(inputs.description === undefined ? {} : { description: inputs.description as string }),
      },
      operation,
    ),
  mismatch(entry, inputs) {
    if (entry.service === undefined) return "it is not a service key, but a personal access token";
    if (inputs.service === undefined || entry.service === inputs.service) return undefined;
    return `it is for the service ${JSON.stringify(entry.service)}`;
  },
  listed: (entry) => ({ scopes: entry.scopes }),
  facts: (inputs) => ({ service: inputs.service }),
  settings: () => ({}),
  due: () => [],
};

export const serviceKey = apiKeyLifecycle(serviceKeyKind);
