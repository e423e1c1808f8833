// Stacks of YAML programs, which the provider serves: the language host on PATH, and the package below the program as in a user's folder.
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

import { userInstall } from "./install";
import type { Stack } from "./stack";

const script = resolve(__dirname, "../../scripts/engine/language-yaml.mjs");
let host: string | undefined;

/** Where a program finds the provider's executable. */
export const PLUGIN_PATH = "node_modules/pulumi-wayscloud/plugin";

/** What every program that is served by the plugin has in its Pulumi.yaml. */
export const PLUGINS = `plugins:\n  providers:\n    - name: wayscloud-account\n      path: ${PLUGIN_PATH}\n`;

/** Lets a stack run YAML programs, of this text or of its Pulumi.yaml as it is. */
export function speakYaml(stack: Stack, name: string, body?: string): void {
  // Built the first time, which takes two minutes.
  host ??= execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
  stack.env["PATH"] = [host, stack.env["PATH"]].join(delimiter);
  linkPackage(stack.folder);
  if (body !== undefined) stack.writeFile("Pulumi.yaml", `name: ${name}\nruntime: yaml\n${PLUGINS}${body}`);
}

/** `node_modules/pulumi-wayscloud` in the program's own folder. */
export function linkPackage(folder: string): void {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  const target = join(userInstall(), "node_modules", "pulumi-wayscloud");
  symlinkSync(target, join(folder, "node_modules", "pulumi-wayscloud"), "dir");
}
