// What one resource for a whole team's SSH keys is to reach, each as a comparison within one run.
import { OPERATIONS } from "./arms.mjs";

/** What one resource for a thousand SSH keys is to reach, beside everything that keeps a resource for each key. */
export function setTargets(view) {
  const all = [];
  const big = { n: 1000 };
  const arms = [
    ["terraform", "OpenTofu's"],
    ["terraform-by-id", "OpenTofu's with a request by id"],
  ];
  for (const operation of OPERATIONS) {
    const own = view.value("set", big, operation);
    for (const [arm, name] of arms) {
      const other = view.value(arm, big, operation);
      const known = own !== undefined && other !== undefined;
      const value = known ? `${(own / other).toFixed(2)} ×` : undefined;
      all.push({ what: `${operation}, N = 1000`, target: `faster than ${name}`, value, met: own < other });
    }
  }
  const exact = {
    up: "1000 POST",
    "no-op preview": "",
    "no-op up": "",
    "change of one": "1 DELETE, 1 POST",
    refresh: "1 GET",
    destroy: "1000 DELETE",
  };
  for (const [operation, target] of Object.entries(exact)) {
    const requests = view.of("set", big)[0]?.operations[operation]?.requests;
    const sorted = requests && Object.entries(requests).sort(([a], [b]) => (a < b ? -1 : 1));
    const value = sorted?.map(([method, count]) => `${count} ${method}`).join(", ");
    const shown = value === "" ? "none" : value;
    all.push({
      what: `requests: ${operation}`,
      target: target || "none",
      value: shown,
      met: value === target,
    });
  }
  const [state, other] = [view.state("set", big), view.state("terraform", big)];
  all.push({
    what: "state for each key",
    target: "smaller than OpenTofu's",
    value: state && `${state} B`,
    met: state < other,
  });
  const peak = (arm) => view.value(arm, big, "up", ({ processes }) => processes.provider?.peakMb);
  const more = peak("set") - peak("floor");
  const known = Number.isFinite(more);
  all.push({
    what: "memory of the provider, up",
    target: "≤ 25 MB above the floor's",
    value: known ? `${Math.round(more)} MB` : undefined,
    met: more <= 25,
  });
  return all;
}
