// What the package is to reach, each as a comparison within one run.

/** Every target with what was measured; `met` is undefined where it was not. */
export function targets(view) {
  const all = [];
  const add = (what, target, value, met, shown) =>
    all.push({
      what,
      target,
      value: value === undefined ? undefined : (shown ?? String(value)),
      met: value === undefined ? undefined : met,
    });
  const big = { n: 1000 };

  for (const [operation, most] of [
    ["up", 1.1],
    ["destroy", 1.1],
    ["refresh", 1.15],
    ["no-op up", 1.05],
    ["no-op preview", 1.05],
  ]) {
    const ratio = view.ratio("ours", big, operation);
    add(`${operation}, N = 1000`, `≤ ${most} × floor`, ratio, ratio <= most, `${ratio?.toFixed(2)} ×`);
  }
  requests(view, add);
  const state = view.state("ours", big) / view.state("floor", big) || undefined;
  add("state per resource, N = 1000", "≤ 1.25 × floor", state, state <= 1.25, `${state?.toFixed(2)} ×`);
  alternatives(view, add);

  const [slow, ready] = [
    view.value("ours", { ...big, latency: 20 }, "up"),
    view.value("floor", { ...big, latency: 20 }, "up"),
  ];
  const bound = ready && ready + (1000 / 16) * 20;
  const share = slow && bound ? slow / bound : undefined;
  add(
    "up at 20 ms, N = 1000",
    "≤ 1.10 × (floor + N/16 × 20 ms)",
    share,
    share <= 1.1,
    `${share?.toFixed(2)} ×`,
  );

  startup(view, add);
  limit(view, add);
  return all;
}

function requests(view, add) {
  const measured = view.cells.filter((cell) => cell.arm === "ours" && !cell.rateLimit);
  if (measured.length === 0) return;
  const exact = (operation, expected) =>
    measured.every(({ n, operations }) => {
      if (!operations[operation]) return true;
      const { GET = 0, POST = 0, DELETE = 0 } = operations[operation].requests;
      return expected(n, { GET, POST, DELETE });
    });
  const checks = [
    [
      "requests of up",
      "N POSTs, at most 1 list",
      "up",
      (n, { GET, POST, DELETE }) => POST === n && DELETE === 0 && GET <= 1,
    ],
    [
      "requests of destroy",
      "N DELETEs, at most 1 list",
      "destroy",
      (n, { GET, POST, DELETE }) => DELETE === n && POST === 0 && GET <= 1,
    ],
    [
      "requests of refresh",
      "at most 2 lists",
      "refresh",
      (n, { GET, POST, DELETE }) => GET <= 2 && POST + DELETE === 0,
    ],
    ["requests of a no-op up", "none", "no-op up", (n, { GET, POST, DELETE }) => GET + POST + DELETE === 0],
    [
      "requests of a no-op preview",
      "none",
      "no-op preview",
      (n, { GET, POST, DELETE }) => GET + POST + DELETE === 0,
    ],
  ];
  for (const [what, target, operation, expected] of checks) {
    const met = exact(operation, expected);
    add(what, target, met, met, met ? `met in all ${measured.length} cells` : "missed in at least one cell");
  }
}

function alternatives(view, add) {
  const big = { n: 1000 };
  for (const operation of ["up", "refresh", "destroy"]) {
    const [own, closure] = [view.value("ours", big, operation), view.value("closure", big, operation)];
    const lead = own && closure ? closure / own : undefined;
    add(`${operation} against closure, N = 1000`, "2 × faster", lead, lead >= 2, `${lead?.toFixed(2)} ×`);
  }
  const count = ({ requests }) => Object.values(requests).reduce((sum, each) => sum + each, 0);
  for (const [what, pick, unit] of [
    ["requests", count, ""],
    ["time", ({ ms }) => ms, " ms"],
  ]) {
    const [own, other] = [
      view.value("ours", big, "refresh", pick),
      view.value("terraform", big, "refresh", pick),
    ];
    const known = own !== undefined && other !== undefined;
    add(
      `${what} of refresh against terraform, N = 1000`,
      "less",
      known ? own : undefined,
      own < other,
      `${own}${unit} against ${other}${unit}`,
    );
  }
}

function startup(view, add) {
  const { startup: measured } = view.data;
  if (measured) {
    const { importMs, ours, floor } = measured;
    add("import beyond @pulumi/pulumi", "≤ 40 ms", importMs, importMs <= 40, `${importMs} ms`);
    const late = ours.readyMs - floor.readyMs;
    add("provider process ready", "≤ 100 ms after the floor's", late, late <= 100, `${late} ms`);
  }
  const peak = (arm) => view.value(arm, { n: 1000 }, "up", ({ processes }) => processes.provider?.peakMb);
  const more =
    peak("ours") === undefined || peak("floor") === undefined ? undefined : peak("ours") - peak("floor");
  add(
    "memory of the provider, up of 1000",
    "≤ 25 MB above the floor's",
    more,
    more <= 25,
    `${Math.round(more)} MB`,
  );
}

function limit(view, add) {
  const group = { n: 200, latency: 20, rateLimit: 20 };
  for (const operation of ["up", "destroy"]) {
    const ms = view.value("ours", group, operation);
    // A bucket of 20 is full at first, then one more every 50 ms; what a run takes before and after its requests comes on top.
    const own = (200 - 20) * 50;
    const beside = view.value("floor", { n: 200, latency: 20 }, operation);
    const most = beside && own + Math.min(beside, 6000);
    const shown = `${(ms / 1000).toFixed(1)} s; the limit alone takes ${own / 1000} s, the floor ${(beside / 1000).toFixed(1)} s`;
    add(
      `${operation} of 200 at 20 requests a second`,
      "≤ the limit's own time + the floor's (6 s at most)",
      ms,
      ms <= most,
      shown,
    );
    const refused = view.value("ours", group, operation, ({ requests }) => requests["429"] ?? 0);
    const all = view.value(
      "ours",
      group,
      operation,
      ({ requests }) => (requests.POST ?? 0) + (requests.DELETE ?? 0) + (requests.GET ?? 0),
    );
    add(
      `429s of that ${operation}`,
      "≤ 5 % of requests",
      refused,
      refused / all <= 0.05,
      `${refused} of ${all}`,
    );
  }
}
