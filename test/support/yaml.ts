// Stacks of YAML programs, which the plugin serves: their language host on PATH, and the package below the program as in a user's folder.
import { execFileSync } from "node:child_process";
import { delimiter, resolve } from "node:path";

import { linkPackage, PLUGINS } from "./hosts";
import type { EngineStack } from "./engine";

const script = resolve(__dirname, "../../scripts/engine/language-yaml.mjs");
let host: string | undefined;

/** Lets a stack run YAML programs, of this text or of its Pulumi.yaml as it is. */
export function speakYaml(stack: EngineStack, name: string, body?: string): void {
  // Built by global-setup.mjs.
  host ??= execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
  stack.env["PATH"] = [host, stack.env["PATH"]].join(delimiter);
  linkPackage(stack.folder);
  if (body !== undefined) declareYaml(stack, name, body);
}

/** The program of a stack that speaks YAML. */
export function declareYaml(stack: EngineStack, name: string, body: string): void {
  stack.writeFile("Pulumi.yaml", `name: ${name}\nruntime: yaml\n${PLUGINS}${body}`);
}
