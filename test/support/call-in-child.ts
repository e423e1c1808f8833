// Makes calls in a process of their own: TLS and proxies are set up by environment variables that Node reads at its start.
import { execFile } from "node:child_process";
import { join } from "node:path";

import type { Call, Result } from "./calls-in-child";

/** Makes the calls in a process with this environment and none of the proxy variables of ours. */
export function callInChild(calls: Call[], env: Record<string, string>): Promise<Result[]> {
  const clean = Object.entries(process.env).filter(([name]) => !/proxy|^NODE_|^WAYSCLOUD/i.test(name));
  const args = [
    join(__dirname, "run-typescript.js"),
    join(__dirname, "calls-in-child.ts"),
    JSON.stringify(calls),
  ];
  const options = { env: { ...Object.fromEntries(clean), ...env }, timeout: 300_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout) as Result[]);
    });
  });
}
