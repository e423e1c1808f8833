// Who serves the resources of a JavaScript program: the dynamic classes of the package, or its plugin.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { userInstall } from "./install";
import { type EngineStack, type OpenStack, openStack, type OpenStackOptions } from "./engine";

export type Host = "dynamic" | "plugin";

/** Where a program finds the provider's executable. */
export const PLUGIN_PATH = "node_modules/pulumi-wayscloud/plugin";

/** What every program that is served by the plugin has in its Pulumi.yaml. */
export const PLUGINS = `plugins:\n  providers:\n    - name: wayscloud-account\n      path: ${PLUGIN_PATH}\n`;

/** An account and a stack whose program is served by this host. */
export async function openHosted(
  host: Host,
  options: OpenStackOptions & { program: string },
): Promise<OpenStack> {
  const both = await openStack({ ...options, program: served(host, options.program) });
  if (host === "plugin") addPlugin(both.stack, options.name ?? "test");
  return both;
}

/** The program with the classes of this host. */
export function served(host: Host, text: string): string {
  return host === "dynamic"
    ? text
    : text.replace('require("pulumi-wayscloud")', 'require("pulumi-wayscloud/native")');
}

/** Names the plugin in the project of a stack, as a user who moves to it does. */
export function addPlugin(stack: EngineStack, name: string): void {
  linkPackage(stack.folder);
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  stack.writeFile("Pulumi.yaml", `name: ${name}\n${runtime}${PLUGINS}`);
}

/** `node_modules/pulumi-wayscloud` in the program's own folder. */
export function linkPackage(folder: string): void {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  const target = join(userInstall(), "node_modules", "pulumi-wayscloud");
  symlinkSync(target, join(folder, "node_modules", "pulumi-wayscloud"), "dir");
}
