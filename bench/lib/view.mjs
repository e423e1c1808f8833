// Medians over the rounds, by arm, number of resources and operation.
import { ARMS } from "./arms.mjs";
import { median } from "./results.mjs";

/** Medians over the rounds of what was measured. */
export class View {
  constructor(data) {
    this.data = data;
    this.cells = data.cells.filter(({ problem }) => !problem);
  }

  /** The numbers of resources and latencies for which there is a floor, without those of the growth alone. */
  groups() {
    const seen = new Map();
    for (const { arm, kind, n, latency, rateLimit, once } of this.cells) {
      if (arm === "floor" && !rateLimit && !once) seen.set(`${kind}/${n}/${latency}`, { kind, n, latency });
    }
    const sorted = [...seen.values()].sort((a, b) => a.n - b.n || a.latency - b.latency);
    // With two arms only, it was measured for the growth or the rate limit.
    const full = sorted.filter((group) => ARMS.filter((arm) => this.of(arm, group).length > 0).length > 2);
    return full.length > 0 ? full : sorted;
  }

  of(arm, { kind = "ssh-key", n, latency = 0, rateLimit, once }) {
    return this.cells.filter(
      (cell) =>
        cell.arm === arm &&
        cell.kind === kind &&
        cell.n === n &&
        cell.latency === latency &&
        cell.rateLimit === rateLimit &&
        cell.once === once,
    );
  }

  /** The median over the rounds of whatever `pick` takes out of the operation's measurement. */
  value(arm, group, operation, pick = ({ ms }) => ms) {
    return median(
      this.of(arm, group)
        .map((cell) => cell.operations[operation])
        .filter(Boolean)
        .map(pick)
        .filter((value) => value !== undefined),
    );
  }

  state(arm, group) {
    const known = this.of(arm, group).flatMap(({ stateBytes }) => stateBytes ?? []);
    return median(known);
  }

  /** Of all processes of the command, without the emulator. Less shaken by what else the machine does than time is. */
  cpu(arm, group, operation) {
    const sum = ({ processes }) => Object.values(processes).reduce((total, { cpuMs }) => total + cpuMs, 0);
    return this.value(arm, group, operation, sum);
  }

  ratio(arm, group, operation) {
    const [own, floor] = [this.value(arm, group, operation), this.value("floor", group, operation)];
    return own && floor ? own / floor : undefined;
  }
}
