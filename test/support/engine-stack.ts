// One stack of one program, driven by the real `pulumi` the way a user does. Everything printed and written can be searched.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, processesWith, type Result } from "./command";
import { cleanEnvironment, engineFolder, engineFolders, fastStart, keyService, userInstall } from "./install";
import type { Emulator } from "../../src/emulator";
import { EngineProject, type ProjectOptions } from "./engine-project";
import { liveIds, requestsIn } from "./requests";
import { filesIn, secretsIn } from "./secrets";

export { PLUGIN_PATH, PLUGINS, projectFile, type Host } from "./engine-project";
export type { Command };

/** A command that has ended, and what the stack's account was asked meanwhile. */
export interface Ended extends Result {
  requests: string[];
}

const yamlHost = resolve(__dirname, "../../scripts/engine/language-yaml.mjs");

export interface EngineStackOptions extends ProjectOptions {
  /** TypeScript is type-checked. */
  typeCheck?: boolean;
  /** Plain stack configuration, written before the first command. */
  config?: Record<string, string>;
  /** Secret stack configuration. */
  secretConfig?: Record<string, string>;
  /** Node starts as it does for a user, without `fastStart`. */
  plainNode?: boolean;
  /** Variables on top of the clean environment. */
  env?: Record<string, string>;
}

export interface CommandOptions {
  /** The command must fail: it throws if the exit code is 0. */
  fails?: boolean;
  /** Keep the output from `assertNoSecrets`: for commands that are asked to show secrets. */
  unrecorded?: boolean;
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  custom: boolean;
  delete?: boolean;
  inputs?: Record<string, any>;
  outputs?: Record<string, any>;
  initErrors?: string[];
  additionalSecretOutputs?: string[];
  [other: string]: unknown;
}

export interface State {
  version: number;
  deployment: { resources?: StateResource[]; pending_operations?: unknown[]; [other: string]: unknown };
}

type Values = Record<string, string> | undefined;

const stackName = "dev";
const quiet = ["--non-interactive", "--color", "never"];

export class EngineStack extends EngineProject {
  /** The file backend: state, history, backups, locks. */
  readonly backend: string;
  /** HOME of every command, empty at first. */
  readonly home: string;
  /** The environment of every command; change it at will. */
  readonly env: Record<string, string>;
  /** The account whose requests are told for each command. */
  account?: Emulator;
  /** Secrets that the test itself puts in the open. */
  readonly exposed: string[] = [];
  readonly #options: EngineStackOptions;
  readonly #outside: string;
  readonly #commands: { line: string; command: Command }[] = [];

  private constructor(options: EngineStackOptions) {
    super(options);
    this.#options = options;
    this.#outside = mkdtempSync(join(tmpdir(), "pulumi-stack-"));
    [this.backend, this.home] = [join(this.#outside, "backend"), join(this.#outside, "home")];
    mkdirSync(this.backend);
    mkdirSync(this.home);
    mkdirSync(join(this.#outside, "tmp"));
    this.env = {
      ...cleanEnvironment(this.home, engineFolders()),
      ...(options.plainNode === true ? {} : fastStart()),
      ...(options.language === "typescript" ? {} : { TEST_JAVASCRIPT: "yes" }),
      PULUMI_HOME: join(this.#outside, "pulumi"),
      // The language host leaves its pipes behind; here they are removed with the stack, and searched for secrets.
      TMPDIR: join(this.#outside, "tmp"),
      ...keyService(),
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "not a secret, a test",
      PULUMI_STACK: stackName,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...(options.typeCheck === true ? {} : { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }),
      ...options.env,
    };
  }

  static async create(options: EngineStackOptions = {}): Promise<EngineStack> {
    const stack = new EngineStack(options);
    if (options.language === "yaml") {
      // The language host of YAML, which global-setup.mjs has built.
      const host = execFileSync(process.execPath, [yamlHost], { encoding: "utf8" }).trim();
      stack.env["PATH"] = [host, stack.env["PATH"]].join(delimiter);
    }
    await stack.#init();
    await stack.configure({ plain: options.config, secret: options.secretConfig });
    return stack;
  }

  /**
   * `pulumi stack init`, really run once for each project name; later stacks of that name get a copy of its files. A stack with settings
   * of its own for the engine is always a new one, whose key comes from the passphrase.
   */
  async #init(): Promise<void> {
    const settings = `Pulumi.${stackName}.yaml`;
    const template = join(userInstall(), "stacks", this.name);
    const own = Object.keys(this.#options.env ?? {}).some((name) => name.startsWith("PULUMI_"));
    if (!own && existsSync(template)) {
      cpSync(join(template, "backend"), this.backend, { recursive: true });
      cpSync(join(template, settings), join(this.folder, settings));
      return;
    }
    await this.run(["stack", "init", stackName, ...(own ? [] : ["--secrets-provider", "hashivault://test"])]);
    if (!own) {
      const making = mkdtempSync(join(userInstall(), "stacks-"));
      cpSync(this.backend, join(making, "backend"), { recursive: true });
      cpSync(join(this.folder, settings), join(making, settings));
      mkdirSync(dirname(template), { recursive: true });
      try {
        renameSync(making, template);
      } catch {
        // Another worker was faster.
        rmSync(making, { recursive: true, force: true });
      }
    }
  }

  /** Stack configuration, in one command however much there is. */
  async configure({ plain = {}, secret = {} }: { plain?: Values; secret?: Values }): Promise<void> {
    const flags = [
      ...Object.entries(plain).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
      ...Object.entries(secret).flatMap(([key, value]) => ["--secret", `${key}=${value}`]),
    ];
    if (flags.length > 0) await this.run(["config", "set-all", ...flags]);
  }

  /** `pulumi up` without its preview: that is a command of its own here. */
  async up(args: readonly string[] = [], options?: CommandOptions): Promise<Ended> {
    return this.run(["up", "--yes", "--skip-preview", ...args], options);
  }

  async preview(args: readonly string[] = [], options?: CommandOptions): Promise<Ended> {
    return this.run(["preview", ...args], options);
  }

  async refresh(args: readonly string[] = [], options?: CommandOptions): Promise<Ended> {
    return this.run(["refresh", "--yes", "--skip-preview", ...args], options);
  }

  async destroy(args: readonly string[] = [], options?: CommandOptions): Promise<Ended> {
    return this.run(["destroy", "--yes", "--skip-preview", ...args], options);
  }

  /** Any `pulumi` command; throws with its whole output when it fails. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
    const asked = this.account?.requests ?? [];
    const before = asked.length;
    const result = await this.spawn(args, options).done;
    if ((result.code !== 0) !== (options.fails === true)) {
      throw new Error(`pulumi ${args.join(" ")} ended with ${result.code ?? result.signal}\n${result.all}`);
    }
    return { ...result, requests: requestsIn(asked.slice(before)) };
  }

  /** A preview that fails; answers what it said. */
  async refusal(program: string): Promise<string> {
    return (await this.setProgram(program).preview([], { fails: true })).all;
  }

  /** An `up` that finds nothing to do, and asks the account nothing. */
  async expectUnchanged(): Promise<void> {
    expect((await this.up(["--expect-no-changes"])).requests).toEqual([]);
  }

  /** Destroys the stack, which leaves nothing in its account. */
  async expectDestroyed(): Promise<void> {
    await this.destroy();
    expect(liveIds(this.account!)).toEqual([]);
  }

  /** Starts a command without waiting: for signals, or for two at once. */
  spawn(args: readonly string[], { unrecorded = false }: CommandOptions = {}): Command {
    const command = new Command(join(engineFolder(), "pulumi"), [...args, ...quiet], {
      cwd: this.folder,
      env: this.env,
    });
    if (!unrecorded) {
      this.#commands.push({ line: `pulumi ${args[0] ?? ""}`, command });
    }
    return command;
  }

  /** Another program, in the environment of the commands and this one, where `undefined` takes a variable away. */
  exec(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = this.folder): Command {
    return new Command(program, args, { cwd, env: { ...this.env, ...env } });
  }

  /** Commands as they are pasted into a terminal: the first that fails is the last. */
  paste(commands: string, env?: NodeJS.ProcessEnv): Promise<Result> {
    return this.exec("bash", ["-euo", "pipefail", "-c", commands], env).done;
  }

  async outputs({ showSecrets = false } = {}): Promise<Record<string, any>> {
    const args = ["stack", "output", "--json", ...(showSecrets ? ["--show-secrets"] : [])];
    return JSON.parse((await this.run(args, { unrecorded: showSecrets })).stdout);
  }

  async exportState({ showSecrets = false } = {}): Promise<State> {
    const args = ["stack", "export", ...(showSecrets ? ["--show-secrets"] : [])];
    return JSON.parse((await this.run(args, { unrecorded: showSecrets })).stdout);
  }

  /** What `pulumi stack export` would answer, read from the file backend, which saves starting the engine. */
  #storedState(): State {
    const backend = fileURLToPath(this.env["PULUMI_BACKEND_URL"]!);
    const stacks = join(backend, ".pulumi", "stacks", this.name);
    const file = join(stacks, `${this.env["PULUMI_STACK"] ?? stackName}.json`);
    const { version, checkpoint } = JSON.parse(readFileSync(file, "utf8"));
    return { version, deployment: checkpoint.latest ?? {} };
  }

  /** This package's resources in the state, whoever serves them. */
  async resources(options?: { showSecrets?: boolean }): Promise<StateResource[]> {
    const state = options?.showSecrets === true ? await this.exportState(options) : this.#storedState();
    const { resources = [] } = state.deployment;
    return resources.filter(({ type }) =>
      /^(pulumi-nodejs:dynamic\/wayscloud|wayscloud-account:index):/.test(type),
    );
  }

  /** Their ids, as `liveIds` has those of the account. */
  async heldIds(): Promise<(string | undefined)[]> {
    return (await this.resources()).map(({ id }) => id).sort();
  }

  /** The resource with this logical name; fails if the state holds none or several. */
  async resource(name: string, options?: { showSecrets?: boolean }): Promise<StateResource> {
    const found = (await this.resources(options)).filter(({ urn }) => urn.endsWith(`::${name}`));
    if (found.length !== 1) {
      throw new Error(`the state holds ${found.length} resources named ${name}`);
    }
    return found[0]!;
  }

  /**
   * Fails if one of these is anywhere in the open: in what was printed, in the backend (state, history, backups), in the project folder
   * (stack configuration), or in Pulumi's home.
   */
  assertNoSecrets(secrets: readonly string[]): void {
    const places = [
      ...this.#commands.map(({ line, command }) => ({ path: `what "${line}" printed`, text: command.all })),
      ...filesIn(this.#outside),
      ...filesIn(this.folder).filter(({ path }) => !this.isOfTheTest(path)),
    ];
    const leaks = places.flatMap(({ path, text }) =>
      secretsIn(
        text,
        secrets.filter((secret) => !this.exposed.includes(secret)),
      ).map((index) => `secret ${index} in ${path}`),
    );
    if (leaks.length > 0) {
      throw new Error(`secrets in the open:\n${leaks.join("\n")}`);
    }
  }

  /** Plugins that outlived their engine (after SIGKILL), by process id. */
  leftovers(): number[] {
    return processesWith(`PULUMI_HOME=${this.env["PULUMI_HOME"]}`);
  }

  /** Ends what still runs and removes the folders. The account is not cleaned up: that is `destroy`. */
  async remove(): Promise<void> {
    for (const pid of this.leftovers()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await Promise.all(
      this.#commands.filter(({ command }) => command.running).map(({ command }) => command.done),
    );
    // A process that was just ended may still write: removing is tried again.
    for (const folder of [this.folder, this.#outside])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}
