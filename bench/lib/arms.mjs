// The arms: how each makes its project and which commands its operations are.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { projectFolder } from "../../scripts/lib/process.mjs";
import { measured } from "./measure.mjs";

const sources = join(projectFolder, "bench/arms");
const { keys } = createRequire(import.meta.url)("../arms/keys.cjs");
export { keys };

/** The operations, in their order. */
export const OPERATIONS = ["up", "no-op preview", "no-op up", "change of one", "refresh", "destroy"];
export const ARMS = ["set", "ours", "native", "floor", "mirror", "closure", "terraform", "terraform-by-id"];

/** OpenTofu: with the list searched for each key, as the API has no request by id, and with such a request. */
export const isTerraform = (arm) => arm.startsWith("terraform");

/** What "floor" and "mirror" load in the provider process: a package of the user's install, as ours is. */
export function installFloor(install) {
  const folder = join(install, "node_modules/pulumi-wayscloud-floor");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(sources, "floor-runtime.cjs"), join(folder, "index.js"));
}

/** A project of this arm in a folder of its own. `run(operation)` measures; `stateBytes(n)` is what a resource takes in the state. */
export async function openProject(arm, world, cell, account) {
  const project = isTerraform(arm)
    ? new Terraform(world, cell, account)
    : new Pulumi(arm, world, cell, account);
  await project.prepare();
  return project;
}

/** Nothing is inherited but what a program needs to run at all. */
function cleanEnvironment(home, folders) {
  const kept = ["LANG", "TMPDIR", "TEMP", "TMP", "SystemRoot", "ComSpec", "PATHEXT"];
  const inherited = kept.filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    HOME: home,
    USERPROFILE: home,
    PATH: [...folders, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
  };
}

/** From 5 minutes for a few resources up to an hour for thousands: the engine's own cost grows with the square of their number. */
const limitOf = (n) => 300_000 + 0.12 * n * n;

const PROJECT = "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
const PLUGIN =
  "plugins:\n  providers:\n    - name: wayscloud-account\n      path: ../../node_modules/pulumi-wayscloud/plugin\n";

class Pulumi {
  constructor(arm, world, cell, account) {
    Object.assign(this, { arm, world, cell });
    const { install, engine, root, signal } = world;
    this.signal = signal;
    this.folder = join(install, "projects", "bench");
    this.backend = join(root, "backend");
    const sdk = join(install, "node_modules/@pulumi/pulumi");
    // An engine that was built here may lack the launcher of dynamic providers; the SDK has one.
    const launcher = existsSync(join(engine.bin, "pulumi-resource-pulumi-nodejs")) ? [] : [sdk];
    this.env = {
      ...cleanEnvironment(join(root, "home"), [engine.bin, ...launcher]),
      ...account.env,
      BENCH_N: String(cell.n),
      BENCH_KIND: cell.kind,
      ...(arm === "native" ? { BENCH_NATIVE: "1" } : {}),
      PULUMI_HOME: join(root, "pulumi"),
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_STACK: "dev",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...world.extraEnv,
    };
  }

  async prepare() {
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.backend, { recursive: true, force: true });
    for (const folder of [this.folder, this.backend, this.env.HOME]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(this.folder, "Pulumi.yaml"), PROJECT + (this.arm === "native" ? PLUGIN : ""));
    writeFileSync(join(this.folder, "package.json"), '{ "name": "bench", "main": "index.cjs" }');
    const program = this.arm === "native" ? "ours" : this.arm;
    copyFileSync(join(sources, `${program}.cjs`), join(this.folder, "index.cjs"));
    copyFileSync(join(sources, "keys.cjs"), join(this.folder, "keys.cjs"));
    const made = await this.#pulumi(["stack", "init", "dev"]);
    if (made.problem) throw new Error(`pulumi stack init ${made.problem}\n${made.output}`);
  }

  run(operation) {
    const parallel = ["--parallel", "16"];
    const yes = ["--yes", "--skip-preview", ...parallel];
    const commands = {
      up: ["up", ...yes],
      "no-op preview": ["preview", "--expect-no-changes", ...parallel],
      "no-op up": ["up", "--expect-no-changes", ...yes],
      "change of one": ["up", ...yes],
      refresh: ["refresh", ...yes],
      destroy: ["destroy", ...yes],
    };
    if (operation === "change of one") this.env.BENCH_CHANGED = "1";
    return this.#pulumi(commands[operation]);
  }

  #pulumi(args) {
    const quiet = ["--non-interactive", "--color", "never"];
    const { folder: cwd, env, signal } = this;
    const program = join(this.world.engine.bin, "pulumi");
    return measured(program, [...args, ...quiet], { cwd, env, signal, limitMs: limitOf(this.cell.n) });
  }

  stateBytes() {
    const file = join(this.backend, ".pulumi/stacks/bench/dev.json");
    // With one of the engine's settings it is compressed, and then no measure of what a resource takes.
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, "utf8");
    const state = JSON.parse(text);
    const { latest } = state.checkpoint;
    const others = latest.resources.filter(
      ({ type }) => !/^(pulumi-nodejs:dynamic|wayscloud-account:)/.test(type),
    );
    const without = {
      ...state,
      checkpoint: { ...state.checkpoint, latest: { ...latest, resources: others } },
    };
    const rest = Buffer.byteLength(JSON.stringify(without));
    // Of a set it is what each of its keys takes.
    const count = this.arm === "set" ? this.cell.n : latest.resources.length - others.length;
    return Math.round((Buffer.byteLength(text) - rest) / count);
  }
}

class Terraform {
  constructor(world, cell, account) {
    Object.assign(this, { world, cell });
    this.folder = join(world.root, "terraform");
    this.env = {
      ...cleanEnvironment(join(world.root, "home"), []),
      TF_CLI_CONFIG_FILE: join(this.folder, "tofurc"),
      TF_VAR_endpoint: account.url,
      TF_VAR_api_key: account.apiKey,
      TF_VAR_by_id: String(cell.arm === "terraform-by-id"),
      CHECKPOINT_DISABLE: "1",
    };
  }

  async prepare() {
    rmSync(this.folder, { recursive: true, force: true });
    for (const folder of [this.folder, this.env.HOME]) mkdirSync(folder, { recursive: true });
    copyFileSync(join(sources, "main.tf"), join(this.folder, "main.tf"));
    this.#writeKeys(false);
    // The provider that was built here, without `init` and without a registry.
    const bin = JSON.stringify(this.world.terraform);
    const override = `provider_installation {\n  dev_overrides {\n    "mastercard/restapi" = ${bin}\n  }\n  direct {}\n}\n`;
    writeFileSync(this.env.TF_CLI_CONFIG_FILE, override);
  }

  run(operation) {
    const yes = ["-auto-approve"];
    const commands = {
      up: ["apply", ...yes],
      "no-op preview": ["plan"],
      "no-op up": ["apply", ...yes],
      "change of one": ["apply", ...yes],
      refresh: ["apply", "-refresh-only", ...yes],
      destroy: ["destroy", ...yes],
    };
    if (operation === "change of one") this.#writeKeys(true);
    const { folder: cwd, env } = this;
    const args = [...commands[operation], "-input=false", "-no-color", "-parallelism=16"];
    const options = { cwd, env, signal: this.world.signal, limitMs: limitOf(this.cell.n) };
    return measured(join(this.world.terraform, "tofu"), args, options);
  }

  #writeKeys(changed) {
    writeFileSync(join(this.folder, "keys.json"), JSON.stringify(keys(this.cell.n, changed)));
  }

  stateBytes() {
    return Math.round(statSync(join(this.folder, "terraform.tfstate")).size / this.cell.n);
  }
}
