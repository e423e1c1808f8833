// A stack for stories: each command calls the provider in the order in which the engine does, in a provider process of its own.
import { PartialFailure } from "../../src/hosts/resource";
import type { Resource } from "../../src/hosts/resource";
import type { Properties } from "../../src/lifecycle/lifecycle";
import { Killed, startProcess } from "../model/network";
import type { Kill, Process, Trouble } from "../model/network";
import type { Account } from "./story-account";

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
    readonly account: Account,
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
  async up(options: CommandOptions = {}): Promise<boolean> {
    const process = this.start(options);
    if (options.refresh === true) await this.readAll(process);
    const isMeant = (name: string): boolean => options.target === undefined || options.target === name;
    for (const [name, declared] of this.program) {
      if (isMeant(name)) await this.step(process, () => this.converge(name, declared, process, options));
    }
    if (options.fails === true) this.errors.push("another resource failed");
    if (this.errors.length === 0) {
      const gone = [...this.state.values()].filter(({ name }) => !this.program.has(name)).reverse();
      for (const held of [...this.marked, ...gone].filter(({ name }) => isMeant(name))) {
        await this.step(process, () => this.remove(held, process));
      }
    }
    return this.errors.length === 0;
  }

  async refresh(options: CommandOptions = {}): Promise<boolean> {
    await this.readAll(this.start(options));
    return this.errors.length === 0;
  }

  async destroy(options: CommandOptions = {}): Promise<boolean> {
    const process = this.start(options);
    const all = [...this.marked, ...[...this.state.values()].reverse()];
    for (const held of all.filter(({ name }) => options.target === undefined || options.target === name)) {
      await this.step(process, () => this.remove(held, process));
    }
    return this.errors.length === 0;
  }

  private start({ troubles = [], kill, storm }: CommandOptions): Process {
    this.errors = [];
    this.printed = "";
    return startProcess(this.account.emulator, this.account.timing, {
      troubles: troubles.map((each) => ({
        method: "POST",
        nth: 1,
        times: 1,
        fate: "500, not done",
        late: 0,
        ...each,
      })),
      kill,
      log: (line) => (this.printed += `${line}\n`),
      credential: this.credential,
      storm,
    });
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
    const { holders } = process.context;
    const held = this.state.get(name) ?? (alias === undefined ? undefined : this.state.get(alias));
    if (!held) return this.create(name, declared, this.check(declared, undefined, process), process);
    if (options.replace === name) return this.replace(held, declared, process, declared.deleteBeforeReplace);
    const inputs = this.check(declared, held, process);
    const { timing } = this.account;
    const diff = type.diff(held.id, held.outputs, inputs, timing.now(), holders);
    if (diff.replaces.length > 0) {
      return this.replace(held, declared, process, diff.deleteBeforeReplace ?? declared.deleteBeforeReplace);
    }
    this.state.delete(held.name);
    this.state.set(name, { ...held, name });
    if (!diff.changes) return void this.state.set(name, { ...held, name, inputs });
    const outputs = await this.keeping({ ...held, name, inputs }, declared.retries ?? 0, () =>
      process.run(type.update(held.id, held.outputs, inputs, process.context)),
    );
    this.state.set(name, { ...held, name, inputs, outputs });
  }

  private check(declared: Declared, held: Held | undefined, process: Process): Properties {
    const news = { ...declared.inputs };
    // The engine hands back what the state has.
    for (const name of declared.ignoreChanges ?? []) if (held) news[name] = held.inputs[name];
    const { inputs, failures } = declared.type.check(held?.inputs ?? {}, news, process.context.holders);
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
    const inputs = this.check(declared, undefined, process);
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
        const { id, outputs } = await process.run(type.create(inputs, process.context));
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
    await process.run(held.type.delete(held.id, held.outputs, process.context));
    this.marked = this.marked.filter((each) => each !== held);
    if (this.state.get(held.name) === held) this.state.delete(held.name);
  }

  private async readAll(process: Process): Promise<void> {
    for (const held of [...this.state.values()]) {
      await this.step(process, async () => {
        const read = await process.run(held.type.read(held.id, held.outputs, process.context));
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
