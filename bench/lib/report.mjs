// From the results to what people read: tables and targets.
import { ARMS, OPERATIONS } from "./arms.mjs";
import { draw, publish } from "./publish.mjs";
import { setTargets } from "./set-targets.mjs";
import { targets } from "./targets.mjs";
import { View } from "./view.mjs";

/** All tables as Markdown; the official ones are put into docs/, with the charts. A section has its own place there. */
export function report(data, { official = false, section } = {}) {
  const view = new View(data);
  const compared = [heading(data), ...view.groups().map((group) => comparison(view, group))];
  if (section !== undefined) {
    const targetsOf = section === "set" ? setTargets(view) : [];
    const parts = [...compared, alone(data), targetsOf.length > 0 && targetTable(targetsOf), failures(data)];
    const text = parts.filter(Boolean).join("\n\n");
    if (official) publish(section, text);
    return text;
  }
  const parts = [
    ...compared,
    growth(view),
    growth(view, true),
    limit(view),
    alone(data),
    profile(data),
    targetTable(targets(view)),
    failures(data),
  ];
  const text = parts.filter(Boolean).join("\n\n");
  if (official) {
    publish("results", text);
    draw(data, view);
  }
  return text;
}

const seconds = (ms) => (ms === undefined ? "–" : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`);
const times = (ratio) => (ratio === undefined ? "" : ` (${ratio.toFixed(2)} ×)`);
const kilobytes = (bytes) =>
  bytes < 10_000 ? `${bytes} B` : `${Math.round(bytes / 1000).toLocaleString("en")} kB`;

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

function heading({ date, machine, versions, command }) {
  const used = `pulumi-wayscloud ${versions.package} (${versions.commit}), Pulumi ${versions.pulumi}, Node ${versions.node}`;
  return `Measured ${date} on ${machine}, with ${used}, by \`${command}\`.`;
}

function comparison(view, group) {
  const arms = ARMS.filter((arm) => view.of(arm, group).length > 0);
  const rounds = arms.map((arm) => `${arm} ${view.of(arm, group).length}`).join(", ");
  const rows = OPERATIONS.map((operation) => [
    operation,
    ...arms.map((arm) =>
      `${seconds(view.value(arm, group, operation))}${arm === "floor" ? "" : times(view.ratio(arm, group, operation))}`.trim(),
    ),
  ]);
  const requests = OPERATIONS.map((operation) => [
    `requests: ${operation}`,
    ...arms.map((arm) => requestsOf(view, arm, group, operation)),
  ]);
  const memory = ["up", "refresh"].map((operation) => [
    `peak memory of the provider: ${operation}`,
    ...arms.map((arm) => {
      const peak = view.value(arm, group, operation, ({ processes }) => processes.provider?.peakMb);
      return peak === undefined ? "–" : `${Math.round(peak)} MB`;
    }),
  ]);
  const cpu = ["up", "destroy"].map((operation) => [
    `CPU time: ${operation}`,
    ...arms.map((arm) => {
      const spent = view.cpu(arm, group, operation);
      return `${seconds(spent)}${arm === "floor" || !spent ? "" : times(spent / view.cpu("floor", group, operation))}`;
    }),
  ]);
  const emulator = [
    "CPU time of the emulator: refresh",
    ...arms.map((arm) => seconds(view.value(arm, group, "refresh", (operation) => operation.emulator.cpuMs))),
  ];
  const state = ["state per resource", ...arms.map((arm) => `${view.state(arm, group) ?? "–"} B`)];
  const title = `${group.kind === "service-key" ? "Service keys" : "SSH keys"}, N = ${group.n}, latency ${group.latency} ms`;
  return `### ${title}\n\nMedians (times the floor). Rounds: ${rounds}.\n\n${table(["", ...arms], [...rows, ...cpu, emulator, ...requests, state, ...memory])}`;
}

function requestsOf(view, arm, group, operation) {
  const cell = view.of(arm, group).find((each) => each.operations[operation]);
  if (!cell) return "–";
  const { requests, received, sent } = cell.operations[operation];
  const counts = Object.entries(requests).map(([method, count]) => `${count} ${method}`);
  return counts.length === 0 ? "none" : `${counts.join(" + ")}, ${kilobytes(received + sent)}`;
}

/** For every N: time and CPU time per resource, ours beside the floor. What ours takes beyond the floor is ours; all else is the engine's. */
function growth(view, once) {
  const measured = view.cells.filter((cell) => cell.arm === "ours" && !cell.rateLimit && cell.once === once);
  const sizes = [...new Set(measured.map(({ n }) => n))].sort((a, b) => a - b);
  if (sizes.length < 4) return undefined;
  const cpu = (role) => (operation) => operation.processes[role]?.cpuMs;
  const rows = OPERATIONS.flatMap((operation) =>
    sizes
      .filter(
        (n) => view.value("ours", { n, once }, operation) && view.value("floor", { n, once }, operation),
      )
      .map((n) => {
        const each = (arm, pick) => {
          const value = view.value(arm, { n, once }, operation, pick);
          return value === undefined ? "–" : (value / n).toFixed(value / n < 10 ? 2 : 1);
        };
        const both = (pick) => `${each("ours", pick)} / ${each("floor", pick)}`;
        const bytes = ({ received, sent }) => received + sent;
        return [
          `${operation}, ${n}`,
          both(),
          both(cpu("engine")),
          both(cpu("program")),
          both(cpu("provider")),
          each("ours", bytes),
          operation === "up"
            ? `${view.state("ours", { n, once })} / ${view.state("floor", { n, once })}`
            : "",
        ];
      }),
  );
  const head = [
    "operation, N",
    "time",
    "CPU: engine",
    "CPU: program",
    "CPU: provider",
    "bytes on the wire",
    "state",
  ];
  const title = once
    ? "Growth, when the state is written once\n\nHere the engine does not write the state at every step, which is the part that grows with N. This is for measuring only: never set `PULUMI_SKIP_CHECKPOINTS`. "
    : "Growth\n\n";
  return `### ${title}Milliseconds and bytes for each resource, ours / floor.\n\n${table(head, rows)}`;
}

function limit(view) {
  const group = { n: 200, latency: 20 };
  const limited = { ...group, rateLimit: 20 };
  if (view.of("ours", limited).length === 0) return undefined;
  const rows = OPERATIONS.map((operation) => {
    const requests = (view.of("ours", limited)[0]?.operations[operation] ?? {}).requests ?? {};
    const all = Object.entries(requests).reduce(
      (sum, [name, count]) => (name === "429" ? sum : sum + count),
      0,
    );
    return [
      operation,
      seconds(view.value("floor", group, operation)),
      seconds(view.value("ours", group, operation)),
      seconds(view.value("ours", limited, operation)),
      String(all),
      String(requests["429"] ?? 0),
    ];
  });
  const head = ["", "floor", "ours without a limit", "ours with the limit", "requests", "429s"];
  return `### 20 requests a second\n\n200 SSH keys, latency 20 ms. The limit alone makes 200 requests take 9 s, because the first 20 may be sent at once.\n\n${table(head, rows)}`;
}

function alone({ emulator, startup }) {
  const lines = [];
  if (emulator) {
    const { keys, postsPerSecond, listsPerSecond, listBytes, deletesPerSecond } = emulator;
    lines.push(
      `The emulator alone, over 16 connections: ${postsPerSecond} creations, ${listsPerSecond} lists of ${keys} keys (${kilobytes(listBytes)}) and ${deletesPerSecond} deletions a second.`,
    );
  }
  if (startup) {
    const arms = ["ours", "native", "floor"].filter((arm) => startup[arm] !== undefined);
    const names = {
      listeningMs: "the process listens, ms",
      readyMs: "its first check is answered, ms",
      firstCreationMs: "first creation after that, ms",
      perCreationMs: `each of ${startup.creations} creations, ms`,
      peakMb: `peak memory after ${startup.creations} creations, MB`,
    };
    const rows = Object.entries(names).map(([name, title]) => [
      title,
      ...arms.map((arm) => String(startup[arm][name] ?? "–")),
    ]);
    lines.push(
      `Importing the package costs a program ${startup.importMs} ms. The provider process without an engine, medians of ${startup.rounds}:`,
      table(["", ...arms], rows),
    );
  }
  return lines.length > 0 ? `### Parts\n\n${lines.join("\n\n")}` : undefined;
}

/** Where the provider process's CPU time goes: what ours takes beyond the floor, by kind of code. */
function profile({ profile: measured }) {
  if (!measured) return undefined;
  const columns = Object.entries(measured.operations);
  const all = columns.flatMap(([, { ours, floor }]) => [ours, floor]);
  const kinds = [...new Set(all.flatMap((sums) => Object.keys(sums)))];
  const most = (kind) => Math.max(...all.map((sums) => sums[kind] ?? 0));
  const sorted = kinds.sort((a, b) => most(b) - most(a));
  const sum = (sums) => Object.values(sums).reduce((total, ms) => total + ms, 0);
  const rows = [
    ...sorted.map((kind) => [
      kind,
      ...columns.map(([, { ours, floor }]) => `${ours[kind] ?? 0} / ${floor[kind] ?? 0}`),
    ]),
    ["all", ...columns.map(([, { ours, floor }]) => `${sum(ours)} / ${sum(floor)}`)],
  ];
  const head = ["code", ...columns.map(([name]) => name)];
  return `### Profile\n\nMilliseconds of CPU time of the provider process at N = ${measured.n}, ours / floor, sampled.\n\n${table(head, rows)}`;
}

function targetTable(all) {
  const rows = all.map(({ what, target, value, met }) => [
    what,
    target,
    value ?? "not measured",
    met === undefined ? "" : met ? "met" : "**missed**",
  ]);
  return `### Targets\n\n${table(["", "target", "measured", ""], rows)}`;
}

function failures({ cells }) {
  const failed = cells.filter(({ problem }) => problem);
  const lines = failed.map(
    ({ arm, n, latency, round, problem }) =>
      `- ${arm}, N = ${n}, ${latency} ms, round ${round}: ${problem.split("\n")[0]}`,
  );
  return failed.length > 0 ? `### Failed\n\n${lines.join("\n")}` : undefined;
}
