// A stack for stories: each command calls the provider in the order in which the engine does, in a provider process of its own.
import { PartialFailure } from "../../src/hosts/resource";
import type { EncodedState, Resource } from "../../src/hosts/resource";
import type { Checked, Diff, Properties } from "../../src/lifecycle/lifecycle";
import { Killed } from "../model/network";
import type { Kill, Trouble } from "../model/network";

/** Where the commands of a stack get their provider processes from: simulated ones (story-account.ts), or real ones (process-account.ts). */
export interface Host {
  start(options: CommandOptions, stack: Pick<Stack, "name" | "credential">): Process | Promise<Process>;
}

/** A provider process, as every command has one. Its methods reject with {@link Killed} when it was killed meanwhile. */
export interface Process {
  /** The methods of the resource with this logical name. */
  methods(type: Resource, name: string): Methods;
  killed(): boolean;
  /** What the user's terminal shows of it. */
  printed(): string;
  end(): Promise<unknown>;
}

export interface Methods {
  check(olds: Properties, news: Properties): Checked | Promise<Checked>;
  diff(id: string, olds: Properties, news: Properties): Decision | Promise<Decision>;
  create(inputs: Properties): Promise<EncodedState>;
  /** `undefined`: gone. */
  read(id: string, olds: Properties): Promise<EncodedState | undefined>;
  update(id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, olds: Properties): Promise<void>;
}

type Decision = Pick<Diff, "changes" | "replaces" | "deleteBeforeReplace">;

/** A resource as the program declares it, with those options that matter here. */
export interface Declared {
  type: Resource;
  inputs: Properties;
  ignoreChanges?: string[];
  deleteBeforeReplace?: boolean;
  /** The name that it had before. */
  alias?: string;
  /** An `onError` hook asks for a creation or update again, this often. */
  retries?: number;
}

export interface Held {
  name: string;
  type: Resource;
  inputs: Properties;
  id: string;
  outputs: Properties;
}

export interface CommandOptions {
  troubles?: Partial<Trouble>[];
  kill?: Kill;
  /** `--target` */
  target?: string;
  /** `--replace` */
  replace?: string;
  /** `--refresh` */
  refresh?: boolean;
  /** Another resource of the program fails, so that nothing is deleted in the end. */
  fails?: boolean;
  /** What becomes of each request. */
  storm?: () => Trouble | undefined;
}

export class Stack {
  readonly program = new Map<string, Declared>();
  state = new Map<string, Held>();
  /** Replaced, and still to be deleted. */
  marked: Held[] = [];
  /** What the last command printed. */
  printed = "";
  errors: string[] = [];
  /** Inputs of creations that a kill cut off: the engine shows them. */
  pending: Properties[] = [];
  /** Ids that the engine has asked to delete while no other resource of this stack held them. */
  readonly condemned = new Set<string>();
  /** The credential, if not the account's first. */
  credential: string | undefined;

  constructor(
    private readonly host: Host,
    readonly name = "dev",
  ) {}

  declare(name: string, type: Resource, inputs: Properties, options: Omit<Declared, "type" | "inputs"> = {}) {
    this.program.set(name, {
      type,
      inputs: { __owner: `test/${this.name}/${name}`, ...inputs },
      ...options,
    });
  }

  /** Renames a resource in the program. */
  rename(from: string, to: string): void {
    const declared = this.program.get(from);
    if (!declared) throw new Error(`no ${from}`);
    this.program.delete(from);
    this.declare(to, declared.type, { ...declared.inputs, __owner: `test/${this.name}/${to}` });
  }

  held(name: string): Held {
    const held = this.state.get(name);
    if (!held) throw new Error(`the state has no ${name}: ${this.errors.join("; ")}`);
    return held;
  }

  /** The key ids that the state holds. */
  get ids(): string[] {
    return [...this.state.values()].flatMap(idsOf).sort();
  }

  /** `pulumi up`; true if it succeeded. */
  up(options: CommandOptions = {}): Promise<boolean> {
    return this.command(options, async (process) => {
      if (options.refresh === true) await this.readAll(process);
      const isMeant = (name: string): boolean => options.target === undefined || options.target === name;
      for (const [name, declared] of this.program) {
        if (isMeant(name)) await this.step(process, () => this.converge(name, declared, process, options));
      }
      if (options.fails === true) this.errors.push("another resource failed");
      if (this.errors.length > 0) return;
      const gone = [...this.state.values()].filter(({ name }) => !this.program.has(name)).reverse();
      for (const held of [...this.marked, ...gone].filter(({ name }) => isMeant(name))) {
        await this.step(process, () => this.remove(held, process));
      }
    });
  }

  refresh(options: CommandOptions = {}): Promise<boolean> {
    return this.command(options, (process) => this.readAll(process));
  }

  destroy(options: CommandOptions = {}): Promise<boolean> {
    return this.command(options, async (process) => {
      const all = [...this.marked, ...[...this.state.values()].reverse()];
      for (const held of all.filter(({ name }) => options.target === undefined || options.target === name)) {
        await this.step(process, () => this.remove(held, process));
      }
    });
  }

  private async command(
    options: CommandOptions,
    work: (process: Process) => Promise<void>,
  ): Promise<boolean> {
    this.errors = [];
    this.printed = "";
    const process = await this.host.start(options, this);
    try {
      await work(process);
    } finally {
      await process.end();
      this.printed = process.printed();
    }
    return this.errors.length === 0;
  }

  private async step(process: Process, work: () => Promise<void>): Promise<void> {
    if (process.killed()) return;
    try {
      await work();
    } catch (error) {
      this.errors.push(error instanceof Killed ? "killed" : String(error));
    }
  }

  private async converge(
    name: string,
    declared: Declared,
    process: Process,
    options: CommandOptions,
  ): Promise<void> {
    const { type, alias } = declared;
    const held = this.state.get(name) ?? (alias === undefined ? undefined : this.state.get(alias));
    const inputs = (olds: Held | undefined): Promise<Properties> => this.check(name, declared, olds, process);
    if (!held) return this.create(name, declared, await inputs(undefined), process);
    if (options.replace === name) return this.replace(held, declared, process, declared.deleteBeforeReplace);
    const methods = process.methods(type, name);
    const news = await inputs(held);
    const diff = await methods.diff(held.id, held.outputs, news);
    if (diff.replaces.length > 0) {
      return this.replace(held, declared, process, declared.deleteBeforeReplace ?? diff.deleteBeforeReplace);
    }
    this.state.delete(held.name);
    this.state.set(name, { ...held, name });
    if (!diff.changes) return void this.state.set(name, { ...held, name, inputs: news });
    const outputs = await this.keeping({ ...held, name, inputs: news }, declared.retries ?? 0, () =>
      methods.update(held.id, held.outputs, news),
    );
    this.state.set(name, { ...held, name, inputs: news, outputs });
  }

  private async check(
    name: string,
    declared: Declared,
    held: Held | undefined,
    process: Process,
  ): Promise<Properties> {
    const news = { ...declared.inputs };
    // The engine hands back what the state has.
    for (const ignored of declared.ignoreChanges ?? []) if (held) news[ignored] = held.inputs[ignored];
    const { inputs, failures } = await process.methods(declared.type, name).check(held?.inputs ?? {}, news);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    return inputs;
  }

  /** The engine checks a resource that is to be replaced once more, without its old inputs. */
  private async replace(
    held: Held,
    declared: Declared,
    process: Process,
    deleteFirst = false,
  ): Promise<void> {
    const inputs = await this.check(held.name, declared, undefined, process);
    if (deleteFirst) await this.remove(held, process);
    await this.create(held.name, declared, inputs, process, deleteFirst ? undefined : held);
  }

  private async create(
    name: string,
    { type, retries = 0 }: Declared,
    inputs: Properties,
    process: Process,
    replaced?: Held,
  ): Promise<void> {
    const keep = (id: string, outputs: Properties): void => {
      if (replaced) this.marked.push(replaced);
      this.state.set(name, { name, type, inputs, id, outputs });
    };
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { id, outputs } = await process.methods(type, name).create(inputs);
        keep(id, outputs);
        return;
      } catch (error) {
        if (attempt < retries) continue;
        if (process.killed()) this.pending.push(inputs);
        if (error instanceof PartialFailure) keep(error.id, error.properties);
        throw error;
      }
    }
  }

  private async remove(held: Held, process: Process): Promise<void> {
    const others = [...this.state.values(), ...this.marked].filter((other) => other !== held).flatMap(idsOf);
    for (const id of idsOf(held)) if (!others.includes(id)) this.condemned.add(id);
    await process.methods(held.type, held.name).delete(held.id, held.outputs);
    this.marked = this.marked.filter((each) => each !== held);
    if (this.state.get(held.name) === held) this.state.delete(held.name);
  }

  private async readAll(process: Process): Promise<void> {
    for (const held of [...this.state.values()]) {
      await this.step(process, async () => {
        const read = await process.methods(held.type, held.name).read(held.id, held.outputs);
        if (read) this.state.set(held.name, { ...held, ...read });
        else this.state.delete(held.name);
      });
    }
  }

  private async keeping(held: Held, retries: number, work: () => Promise<Properties>): Promise<Properties> {
    try {
      return await work();
    } catch (error) {
      if (retries > 0) return this.keeping(held, retries - 1, work);
      if (error instanceof PartialFailure) {
        this.state.set(held.name, { ...held, id: error.id, outputs: error.properties });
      }
      throw error;
    }
  }
}

/** The ids of the keys in the account that a state holds. */
export function idsOf({ id, outputs }: Held): string[] {
  if (id.startsWith("unresolved/")) return [];
  if (outputs.keys !== undefined) return idsOfSet(outputs);
  if (outputs.keyId === undefined) return [id];
  return [outputs.keyId, outputs.previousKeyId].filter((each): each is string => typeof each === "string");
}

function idsOfSet({ keys, leftovers = [] }: Properties): string[] {
  return [
    ...Object.values(keys as Record<string, { id: string }>).map(({ id }) => id),
    ...(leftovers as string[]),
  ];
}
