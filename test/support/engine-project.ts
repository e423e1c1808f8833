// The folder of a program: the program, Pulumi.yaml, and who serves it.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeProjectFolder, userInstall } from "./install";

export type Host = "dynamic" | "plugin";

/** Where a program finds the provider's executable. */
export const PLUGIN_PATH = "node_modules/pulumi-wayscloud/plugin";

/** What every program that is served by the plugin has in its Pulumi.yaml. */
export const PLUGINS = `plugins:\n  providers:\n    - name: wayscloud-account\n      path: ${PLUGIN_PATH}\n`;

/** Pulumi.yaml of a program for Node.js, with more lines. */
export function projectFile(more = "", name = "test", typescript = false): string {
  return `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: ${typescript}\n${more}`;
}

export interface ProjectOptions {
  /** Project name; the folder gets a random suffix. @default "test" */
  name?: string;
  /**
   * The program, which `setProgram` replaces. In JavaScript: the body of an async function, with the package as `wayscloud` and the
   * SDK as `pulumi`. In YAML: all but the head of Pulumi.yaml. @default ""
   */
  program?: string;
  /** JavaScript starts half a second faster. @default "javascript" */
  language?: "javascript" | "typescript" | "yaml";
  /**
   * Who serves a program in JavaScript: the dynamic classes of the package, or its plugin, or both, where the classes of the plugin
   * are `native`. @default "dynamic"
   */
  host?: Host | "both";
}

export class EngineProject {
  readonly name: string;
  /** The program's folder, below the user's install. */
  readonly folder: string;
  readonly #language: NonNullable<ProjectOptions["language"]>;
  readonly #mainFile: string;
  readonly #written = new Set<string>();
  #host: Host | "both";

  constructor({ name = "test", language = "javascript", host = "dynamic", program = "" }: ProjectOptions) {
    this.name = name;
    this.folder = makeProjectFolder(name);
    this.#language = language;
    this.#mainFile = language === "typescript" ? "index.ts" : "index.js";
    this.#host = host;
    this.setProject();
    if (host !== "dynamic") this.#addPlugin();
    if (language === "yaml") this.linkPackage();
    this.writeFile("package.json", JSON.stringify({ name, main: this.#mainFile }));
    if (language === "typescript") {
      // The SDK's compiler defaults are overruled option by option: `module` has to fit its `moduleResolution`.
      const options = { strict: true, target: "es2022", module: "nodenext", skipLibCheck: true };
      const compilerOptions = { ...options, types: ["node"] };
      this.writeFile("tsconfig.json", JSON.stringify({ compilerOptions, files: [this.#mainFile] }));
    }
    this.setProgram(program);
  }

  setProgram(text: string): this {
    if (this.#language === "yaml")
      this.writeFile("Pulumi.yaml", `name: ${this.name}\nruntime: yaml\n${PLUGINS}${text}`);
    else this.writeFile(this.#mainFile, this.#language === "typescript" ? text : this.#inJavaScript(text));
    return this;
  }

  #inJavaScript(body: string): string {
    return `"use strict";
const pulumi = require("@pulumi/pulumi");
const wayscloud = require("pulumi-wayscloud${this.#host === "plugin" ? "/native" : ""}");
${this.#host === "both" ? 'const native = require("pulumi-wayscloud/native");' : ""}
module.exports = async () => {
${body}
};
`;
  }

  /** Writes its Pulumi.yaml, with more lines. */
  setProject(more = ""): void {
    this.writeFile("Pulumi.yaml", projectFile(more, this.name, this.#language === "typescript"));
  }

  /** As a user does who moves to the plugin: from here on `wayscloud` is its classes. */
  moveToPlugin(): void {
    this.#addPlugin();
    this.#host = "plugin";
  }

  /** Names the plugin in the project, beside the dynamic classes. */
  #addPlugin(): void {
    this.linkPackage();
    this.setProject(PLUGINS);
  }

  /** `node_modules/pulumi-wayscloud` in the program's own folder. */
  linkPackage(): void {
    mkdirSync(join(this.folder, "node_modules"), { recursive: true });
    const target = join(userInstall(), "node_modules", "pulumi-wayscloud");
    symlinkSync(target, join(this.folder, "node_modules", "pulumi-wayscloud"), "dir");
  }

  /** A file of the test's own, in which secrets may be. */
  writeFile(name: string, text: string): void {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    this.#written.add(path);
  }

  protected isOfTheTest(path: string): boolean {
    return this.#written.has(path);
  }
}
