// The command line in process: what it reads and prints, at the time that the test wants.
import { readFile } from "node:fs/promises";
import { run } from "../../src/cli/command-line";

export class CommandLine {
  files: Record<string, string | Buffer> = {};
  /** What the user answers; undefined if there is no terminal. */
  answer: string | undefined;
  /** Ends a command that runs until it is asked to end. */
  stopped: Promise<unknown> = Promise.resolve();

  constructor(private readonly now: () => number) {}

  run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ["", ""];
    const { answer, files } = this;
    const code = await run(args, {
      out: (text) => (out += text),
      err: (text) => (err += text),
      ask: answer === undefined ? undefined : (question) => ((out += question), Promise.resolve(answer)),
      read(file) {
        const content = files[file];
        return content === undefined ? readFile(file) : Promise.resolve(Buffer.from(content));
      },
      now: this.now,
      stopped: () => this.stopped,
    });
    return { code, out, err };
  };
}

/** A resource in a stack export. */
export interface Resource {
  type: string;
  /** @default follows from its name and type */
  urn?: string;
  name?: string;
  id?: string;
  inputs?: object | null;
  outputs?: object | null;
  external?: boolean;
}

/** The output of `pulumi stack export` of a stack `dev`. */
export function exportOf(held: Resource[], project = "p"): object {
  const urn = (type: string, name = "r") => `urn:pulumi:dev::${project}::${type}::${name}`;
  const resources = held.map(({ name, ...rest }) => ({ urn: urn(rest.type, name), ...rest }));
  return { version: 3, deployment: { manifest: {}, resources } };
}

export const dynamic = (className: string): string => `pulumi-nodejs:dynamic/wayscloud:${className}`;

const KEY = {
  ...{
    key: "wayscloud_secret_InTheExport",
    keyPrefix: "wayscloud_secret",
    keyType: "service",
    service: "dns",
  },
  ...{
    createdAt: "2026-01-01T00:00:00Z",
    rotatedAt: "2026-01-01T00:00:00Z",
    nextRotationAt: "2026-02-01T00:00:00Z",
  },
};

/** A `pulumi stack export --show-secrets` of the stack p/dev, so that a secret in it could be printed by mistake. */
export function stackExport(resources: Resource[]): string {
  const ours = resources.map((each) => ({
    ...{ ...each, type: dynamic(each.type) },
    outputs: { ...KEY, ...each.outputs },
  }));
  return JSON.stringify(exportOf([{ type: "pulumi:pulumi:Stack", name: "p-dev" }, ...ours]));
}

/** As `finding id`, of `audit --json`. */
export function findingsOf(out: string): string[] {
  const findings = JSON.parse(out) as { finding: string; id: string }[];
  return findings.map(({ finding, id }) => `${finding} ${id}`).sort();
}
