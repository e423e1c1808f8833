// A model of the engine, as far as it decides what becomes of a key: each command calls the provider as the engine does, in a provider process of its own.
import { PartialFailure } from "./engine-resources";
import type { EncodedState, Resource } from "./engine-resources";
import type { ResourceDiff } from "../../src/hosts/resource-type";
import { Holders } from "../../src/lifecycle/holders";
import type { Properties, Checked } from "../../src/values";
import { Killed } from "../model/network";
import type { Kill, Trouble } from "../model/network";

/** Where the commands of a stack get their provider processes from: simulated ones (story-account.ts), or real ones (process-account.ts). */
export interface StoryHost {
  start(
    options: CommandOptions,
    stack: Pick<StoryStack, "name" | "credential" | "isElsewhere">,
  ): StoryProcess | Promise<StoryProcess>;
}

/** A provider process, as every command has one. Its methods reject with {@link Killed} when it was killed meanwhile. */
export interface StoryProcess {
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

type Decision = Pick<ResourceDiff, "changes" | "replaces" | "deleteBeforeReplace">;

/** A resource as the program declares it, with those options that matter here. */
export interface Declared {
  type: Resource;
  inputs: Properties;
  ignoreChanges?: string[];
  deleteBeforeReplace?: boolean;
  /** The name that it had before. */
  alias?: string;
  /** What the program looks up between two attempts. */
  meanwhile?: string;
}

export interface Held {
  name: string;
  type: Resource;
  inputs: Properties;
  id: string;
  outputs: Properties;
}

/** What a kill cut off: `pulumi stack export` shows it as a pending operation. */
export interface Pending {
  operation: "creating" | "updating";
  name: string;
  inputs: Properties;
}

/** A clock is set when the nth request of a command is sent. */
export interface Jump {
  nth: number;
  clock: "error" | "serverError";
  ms: number;
}

export interface CommandOptions {
  troubles?: Partial<Trouble>[] | undefined;
  kill?: Kill | undefined;
  jump?: Jump | undefined;
  /** `--target` */
  target?: string | undefined;
  /** `--replace` */
  replace?: string | undefined;
  /** `--refresh` */
  refresh?: boolean | undefined;
  /** Another resource of the program fails, so that nothing is deleted in the end. */
  fails?: boolean | undefined;
  /** How often an `onError` hook of each resource asks for its creation or update again. */
  retries?: number | undefined;
  /** What becomes of each request. */
  storm?: () => Trouble | undefined;
}

export class StoryStack {
  readonly program = new Map<string, Declared>();
  state = new Map<string, Held>();
  /** Replaced, and still to be deleted. */
  marked: Held[] = [];
  /** What the last command printed. */
  printed = "";
  errors: string[] = [];
  pending: Pending[] = [];
  /** Ids that the engine has asked to delete while no other resource of the program held them. */
  readonly condemned = new Set<string>();
  /** The credential, if not the account's first. */
  credential: string | undefined;
  /** Does another provider process serve the resource of this name? An explicit provider has one of its own. */
  isElsewhere: (name: string) => boolean = () => false;
  /** How often the hooks of this command ask again. */
  private retries = 0;

  constructor(
    private readonly host: StoryHost,
    public name = "dev",
    /** Resources that do not depend on each other are worked on at the same time; one by one, a story is the same every time. */
    private readonly isParallel = false,
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

  /** `pulumi stack import` of what another stack has exported. */
  takeStateOf({ state, marked, pending }: StoryStack): void {
    this.state = new Map([...state].map(([name, held]) => [name, { ...held }]));
    this.marked = marked.map((held) => ({ ...held }));
    this.pending = [...pending];
  }

  /** What `pulumi up` would do at this moment with each resource of the state, by `check` and `diff`. */
  preview(now: number): Map<string, unknown> {
    const holders = new Holders();
    const shown = [...this.state.values()].map(({ name, type, id, inputs: olds, outputs }) => {
      const declared = this.program.get(name);
      if (!declared) return [name, "delete"] as const;
      const { inputs, failures } = type.check(olds, newsOf(declared, olds), holders);
      const { changes, replaces } = type.diff(id, outputs, inputs, now, holders);
      return [name, { changes, replaces, failures }] as const;
    });
    return new Map<string, unknown>(shown);
  }

  held(name: string): Held {
    const held = this.state.get(name);
    if (!held) throw new Error(`the state has no ${name}: ${this.errors.join("; ")}`);
    return held;
  }

  /** All that the last command said. */
  get spoken(): string {
    return [this.printed, ...this.errors].join("\n");
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
      const meant = [...this.program].filter(([name]) => isMeant(name));
      await this.each(process, meant, ([name, declared]) => this.converge(name, declared, process, options));
      if (options.fails === true) this.errors.push("another resource failed");
      if (this.errors.length > 0) return;
      const gone = [...this.state.values()].filter(({ name }) => !this.program.has(name)).reverse();
      const leaving = [...this.marked, ...gone].filter(({ name }) => isMeant(name));
      await this.each(process, leaving, (held) => this.remove(held, process));
    });
  }

  refresh(options: CommandOptions = {}): Promise<boolean> {
    return this.command(options, (process) => this.readAll(process));
  }

  destroy(options: CommandOptions = {}): Promise<boolean> {
    return this.command(options, async (process) => {
      const all = [...this.marked, ...[...this.state.values()].reverse()];
      const leaving = all.filter(({ name }) => options.target === undefined || options.target === name);
      await this.each(process, leaving, (held) => this.remove(held, process));
    });
  }

  private async command(
    options: CommandOptions,
    work: (process: StoryProcess) => Promise<void>,
  ): Promise<boolean> {
    this.errors = [];
    this.printed = "";
    this.retries = options.retries ?? 0;
    const process = await this.host.start(options, this);
    try {
      await work(process);
    } finally {
      await process.end();
      this.printed = process.printed();
    }
    return this.errors.length === 0;
  }

  private async each<T>(process: StoryProcess, items: T[], work: (item: T) => Promise<void>): Promise<void> {
    if (this.isParallel) await Promise.all(items.map((item) => this.step(process, () => work(item))));
    else for (const item of items) await this.step(process, () => work(item));
  }

  private async step(process: StoryProcess, work: () => Promise<void>): Promise<void> {
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
    process: StoryProcess,
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
    await this.update({ ...held, name }, news, process, this.retries);
  }

  protected async update(held: Held, inputs: Properties, process: StoryProcess, retries = 0): Promise<void> {
    const { name, type, id } = held;
    try {
      const outputs = await process.methods(type, name).update(id, held.outputs, inputs);
      this.state.set(name, { ...held, inputs, outputs });
    } catch (error) {
      if (retries > 0) return this.update(held, inputs, process, retries - 1);
      if (process.killed()) this.pending.push({ operation: "updating", name, inputs });
      if (error instanceof PartialFailure) {
        this.state.set(name, { ...held, inputs, id: error.id, outputs: error.properties });
      }
      throw error;
    }
  }

  private async check(
    name: string,
    declared: Declared,
    held: Held | undefined,
    process: StoryProcess,
  ): Promise<Properties> {
    const news = newsOf(declared, held?.inputs);
    const { inputs, failures } = await process.methods(declared.type, name).check(held?.inputs ?? {}, news);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    return inputs;
  }

  /** The engine checks a resource that is to be replaced once more, without its old inputs. */
  private async replace(
    held: Held,
    declared: Declared,
    process: StoryProcess,
    deleteFirst = false,
  ): Promise<void> {
    const inputs = await this.check(held.name, declared, undefined, process);
    if (deleteFirst) await this.remove(held, process);
    await this.create(held.name, declared, inputs, process, deleteFirst ? undefined : held);
  }

  private async create(
    name: string,
    { type, meanwhile }: Declared,
    inputs: Properties,
    process: StoryProcess,
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
        if (attempt < this.retries) {
          if (meanwhile !== undefined) await this.read(this.held(meanwhile), process);
          continue;
        }
        if (process.killed()) this.pending.push({ operation: "creating", name, inputs });
        if (error instanceof PartialFailure) keep(error.id, error.properties);
        throw error;
      }
    }
  }

  protected async remove(held: Held, process: StoryProcess): Promise<void> {
    // What the program no longer declares is on its way out, too: a target may let the key go before it.
    const declared = [...this.state.values()].filter(({ name }) => this.program.has(name));
    const others = [...declared, ...this.marked].filter((other) => other !== held).flatMap(idsOf);
    for (const id of idsOf(held)) if (!others.includes(id)) this.condemned.add(id);
    await process.methods(held.type, held.name).delete(held.id, held.outputs);
    this.marked = this.marked.filter((each) => each !== held);
    if (this.state.get(held.name) === held) this.state.delete(held.name);
  }

  private async readAll(process: StoryProcess): Promise<void> {
    await this.each(process, [...this.state.values()], (held) => this.read(held, process));
  }

  private async read(held: Held, process: StoryProcess): Promise<void> {
    const read = await process.methods(held.type, held.name).read(held.id, held.outputs);
    if (read) this.state.set(held.name, { ...held, ...read });
    else this.state.delete(held.name);
  }
}

/** The inputs for `check`. Of what is ignored, the engine hands back what the state has. */
function newsOf(declared: Declared, olds: Properties | undefined): Properties {
  const news = { ...declared.inputs };
  for (const ignored of declared.ignoreChanges ?? []) if (olds) news[ignored] = olds[ignored];
  return news;
}

/** The ids of the keys in the account that a state holds. */
export function idsOf({ id, outputs }: Pick<Held, "id" | "outputs">): string[] {
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
