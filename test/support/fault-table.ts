// docs/fault-table.md is what the tests observed: written when WRITE_FAULT_TABLE is set, compared in every other run, so it cannot go stale.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { RecordedRequest } from "../../src/emulator";

const ROOT = join(__dirname, "../..");
const FILE = join(ROOT, "docs/fault-table.md");
const TITLE = `# Fault table

What the tests observed, for those who want to check a claim of [what happens when …](failures.md), which answers by
symptom. Nothing here is written by hand: each section is written by the test file that it mentions
(\`WRITE_FAULT_TABLE=1 npm run test:all\`), and every other run fails if it observes something else. Below the heading you
see where its rows run: under the real engine, or in real provider processes that the tests call over gRPC as the engine
does (those of the plugin in \`npm run test:all\`). "Requests" are those that the API received for the resource; "live" is
what the account has at the end beside the caller's own credential. The numbers are those of the rows in the tests.
`;
const ENGINE = "Run under the real engine.";
const BOTH_HOSTS =
  "Run over gRPC in the provider processes of both hosts, dynamic and plugin, with equal requests.";
const HEAD = "| # | fault | resource | result | requests | live |\n|---|---|---|---|---|---|\n";

export interface Observation {
  row: number;
  fault: string;
  /** Left out where it makes no difference. */
  resource?: string;
  result: string;
  requests: string;
  live: number;
}

/** The observations of one test file. */
export class FaultTable {
  private readonly lines = new Map<string, string>();
  private readonly section: string;

  constructor(testFile: string) {
    this.section = relative(ROOT, testFile).replaceAll("\\", "/");
  }

  note({ row, fault, resource = "", result, requests, live }: Observation): void {
    const key = `${String(row).padStart(2, "0")} ${fault} ${resource}`;
    if (this.lines.has(key)) throw new Error(`two observations of one thing: ${key}`);
    this.lines.set(key, `| ${row} | ${fault} | ${resource} | ${result} | ${requests} | ${live} |\n`);
  }

  /** To be called once all tests of the file have run. `partial`: this run leaves out rows that the document holds. */
  async compare({ partial = false } = {}): Promise<void> {
    const written = sections().get(this.section) ?? "";
    if (partial) {
      if (process.env["WRITE_FAULT_TABLE"]) throw new Error("this table is written by `npm run test:all`");
      expect([...this.lines.values()].filter((line) => !written.includes(line))).toEqual([]);
      return;
    }
    const keys = [...this.lines.keys()].sort();
    const text = `${this.section.startsWith("test/engine/") ? ENGINE : BOTH_HOSTS}\n\n${HEAD}${keys.map((key) => this.lines.get(key) ?? "").join("")}`;
    if (process.env["WRITE_FAULT_TABLE"]) await exclusively(() => this.write(text));
    else expect(written).toBe(text);
  }

  private write(text: string): void {
    const all = sections().set(this.section, text);
    const body = [...all.keys()].sort().map((name) => `\n## ${name}\n\n${all.get(name) ?? ""}`);
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, TITLE + body.join(""));
  }
}

/** `POST GET×3 DELETE`, in the order of arrival; only requests below the path. */
export function requestLine(requests: readonly RecordedRequest[], below = "/"): string {
  const runs: { method: string; count: number }[] = [];
  for (const { method } of requests.filter(({ path }) => path.startsWith(below))) {
    const last = runs.at(-1);
    if (last?.method === method) last.count += 1;
    else runs.push({ method, count: 1 });
  }
  return runs.map(({ method, count }) => (count > 1 ? `${method}×${count}` : method)).join(" ") || "none";
}

function sections(): Map<string, string> {
  const text = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  const parts = text.split(/^## (.*)\n\n/m).slice(1);
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    found.set(parts[at] ?? "", (parts[at + 1] ?? "").replace(/\n+$/, "\n"));
  }
  return found;
}

/** Several workers write at once. */
async function exclusively(work: () => void): Promise<void> {
  const lock = `${FILE}.lock`;
  mkdirSync(dirname(FILE), { recursive: true });
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      break;
    } catch {
      await sleep(20);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock);
  }
}
