// A model of the engine, as far as it decides what becomes of a key: states, replacements, partial failures, pending creates, marked deletions.
import { resources } from "../../src/hosts/resources";
import type { Emulator } from "../../src/emulator";
import { PartialFailure } from "../../src/hosts/resource";
import type { Resource } from "../../src/hosts/resource";
import type { Properties } from "../../src/lifecycle/lifecycle";
import { nextMarker } from "../../src/lifecycle/rotating-key/schedule";
import { publicKey } from "../support/world";
import { startProcess } from "./network";
import type { Kill, Process, Trouble, WorldTiming } from "./network";

export const SLOTS = ["db", "ci", "named", "rot", "ssh"] as const;
export type Slot = (typeof SLOTS)[number];

const LIVES: Record<Slot, Resource> = {
  db: resources.ServiceKey,
  ci: resources.PersonalAccessToken,
  named: resources.ServiceKey,
  rot: resources.RotatingServiceKey,
  ssh: resources.SshKey,
};

/** What the program says of a slot: absent, or the inputs by a version that changes. */
export interface Declared {
  /** A change of it replaces (or rotates). */
  version: number;
  /** A change of it is an update in place, where there is such a thing. */
  setting: number;
}

export interface Held {
  slot: Slot;
  id: string;
  inputs: Properties;
  outputs: Properties;
}

export interface Run {
  troubles: Trouble[];
  kill?: Kill | undefined;
}

export class StackModel {
  readonly program = new Map<Slot, Declared>();
  readonly state = new Map<Slot, Held>();
  /** Replaced, and still to be deleted. */
  marked: Held[] = [];
  /** Inputs of creations that a kill cut off: the engine shows them. */
  pending: { slot: Slot; inputs: Properties }[] = [];
  /** All that was printed: logs and errors. */
  printed = "";
  /** Ids whose deletion the engine has asked for. */
  readonly condemned = new Set<string>();
  /** The key that the last completed run handed to the consumers of the rotating resource. */
  handed: string | undefined;
  /** Did another resource fail, or a kill come, in the last run? */
  private unfinished = false;

  constructor(
    readonly name: string,
    private readonly emulator: Emulator,
    private readonly timing: WorldTiming,
  ) {}

  /** The program's inputs; both stacks of a test have the same logical names and the same explicit description. */
  private inputs(slot: Slot): Properties {
    const { version, setting } = this.program.get(slot)!;
    const auto = `pulumi test/${this.name}/${slot} #\${hex(7)}`;
    switch (slot) {
      case "db":
        return {
          service: version % 3 === 2 ? "dns" : "database",
          rotationTriggers: { version: String(version) },
          description: auto,
        };
      case "ci":
        return {
          scopes: ["a:read", `v${version}:read`],
          expiresInDays: 60,
          rotateBeforeDays: 10 + setting,
          description: auto,
        };
      case "named":
        return { service: "storage", rotationTriggers: { version: String(version) }, description: "shared" };
      case "rot":
        return {
          service: version % 4 === 3 ? "dns" : "vps",
          // Two descriptions in turn: a run that fails may have been given another one than the next.
          description: `pulumi test/${this.name}/rot${version % 2 === 1 ? " renamed" : ""}`,
          rotateEveryDays: 30 + setting,
          overlapDays: version % 3 === 0 ? 0 : 7,
        };
      case "ssh":
        return { publicKey: publicKey(`${this.name} ${version}`), name: "ssh-${hex(7)}" };
    }
  }

  private process({ troubles, kill }: Run): Process {
    return startProcess(this.emulator, this.timing, {
      troubles,
      kill,
      log: (line) => (this.printed += `${line}\n`),
    });
  }

  /** Runs one step; true if it did what it should. A kill cuts off everything of this process. */
  private async step(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Error) this.printed += `${error.message}\n`;
      return false;
    }
  }

  /** `pulumi up`; true if it was completed. */
  async up(run: Run): Promise<boolean> {
    // A key that rotated in a run which failed elsewhere counts as handed on: the next run may retire its predecessor, as the README says.
    if (this.unfinished) this.handed = undefined;
    const process = this.process(run);
    const done = await Promise.all(
      [...this.program.keys()].map((slot) => this.step(() => this.converge(slot, process))),
    );
    // What goes, goes last, and only when all that is to stay is there.
    let completed = !done.includes(false);
    if (completed) {
      const gone = [...this.state.values()].filter(({ slot }) => !this.program.has(slot));
      const deleted = await Promise.all(
        [...this.marked, ...gone].map((held) => this.step(() => this.remove(held, process))),
      );
      completed = !deleted.includes(false);
    }
    this.unfinished = !completed;
    if (completed) this.handed = this.state.get("rot")?.outputs["keyId"] as string | undefined;
    return completed;
  }

  private async converge(slot: Slot, process: Process): Promise<void> {
    const life = LIVES[slot];
    const held = this.state.get(slot);
    const news = this.inputs(slot);
    const { inputs, failures } = life.check(held?.inputs ?? {}, news);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    if (!held) return this.create(slot, inputs, process);
    const diff = life.diff(held.id, held.outputs, inputs, this.timing.now());
    if (!diff.changes) return;
    if (diff.replaces.length === 0) return this.update(held, inputs, process);
    // The engine checks a resource that is to be replaced once more, without its old inputs.
    const fresh = life.check({}, news).inputs;
    if (diff.deleteBeforeReplace === true) {
      await this.remove(held, process);
      return this.create(slot, fresh, process);
    }
    await this.create(slot, fresh, process, held);
  }

  private async create(slot: Slot, inputs: Properties, process: Process, replaced?: Held): Promise<void> {
    const keep = (id: string, outputs: Properties): void => {
      if (replaced) this.marked.push(replaced);
      this.state.set(slot, { slot, id, inputs, outputs });
    };
    try {
      const { id, outputs } = await process.run(LIVES[slot].create(inputs, process.context));
      keep(id, outputs);
    } catch (error) {
      if (process.killed()) this.pending.push({ slot, inputs });
      if (error instanceof PartialFailure) keep(error.id, error.properties);
      throw error;
    }
  }

  private async update(held: Held, inputs: Properties, process: Process): Promise<void> {
    try {
      const outputs = await process.run(
        LIVES[held.slot].update(held.id, held.outputs, inputs, process.context),
      );
      this.state.set(held.slot, { ...held, inputs, outputs });
    } catch (error) {
      if (error instanceof PartialFailure) {
        this.state.set(held.slot, { ...held, inputs, id: error.id, outputs: error.properties });
      }
      throw error;
    }
  }

  private async remove(held: Held, process: Process): Promise<void> {
    for (const id of idsOf(held)) this.condemned.add(id);
    await process.run(LIVES[held.slot].delete(held.id, held.outputs, process.context));
    this.marked = this.marked.filter((each) => each !== held);
    if (this.state.get(held.slot) === held) this.state.delete(held.slot);
  }

  /** `pulumi refresh`. */
  async refresh(run: Run): Promise<boolean> {
    const process = this.process(run);
    const done = await Promise.all(
      [...this.state.values()].map((held) =>
        this.step(async () => {
          const read = await process.run(LIVES[held.slot].read(held.id, held.outputs, process.context));
          if (read) this.state.set(held.slot, { ...held, id: read.id, outputs: read.outputs });
          else this.state.delete(held.slot);
        }),
      ),
    );
    return !done.includes(false);
  }

  /** `pulumi destroy`. */
  async destroy(run: Run): Promise<boolean> {
    const process = this.process(run);
    const all = [...this.state.values(), ...this.marked];
    const done = await Promise.all(all.map((held) => this.step(() => this.remove(held, process))));
    this.handed = undefined;
    return !done.includes(false);
  }

  /**
   * The README's recovery after a kill: revoke what the pending creates name, and forget them. Where the description is no proof (an explicit one,
   * or a rotating key's without its mark), the person has to know which keys are in use: `spared` are.
   */
  recover(spared: (id: string) => boolean): void {
    const { account } = this.emulator;
    for (const key of [...account.liveApiKeys(), ...account.sshKeys()]) {
      if (this.isPending(key) && !spared(key.id)) account.remove(key.id);
    }
    this.pending = [];
  }

  /** Is this the id of a key that the state holds, or held and is about to delete? */
  owns(id: string): boolean {
    return [...this.state.values(), ...this.marked].some((held) => idsOf(held).includes(id));
  }

  /** Does the state or the engine name this key by its mark, or did the package print its id where nothing can be proved? */
  names(key: Live): boolean {
    return (
      this.isPending(key) ||
      [...this.state.values(), ...this.marked].some((held) => namedBy(held, key)) ||
      (key.description === "shared" && this.printed.includes(key.id))
    );
  }

  private isPending(key: Live): boolean {
    return this.pending.some(({ slot, inputs }) => {
      if (slot === "ssh") return inputs["name"] === key.name;
      const description = inputs["description"] as string;
      return slot === "rot"
        ? (key.description ?? "").startsWith(`${description} #`)
        : description === key.description;
    });
  }
}

export interface Live {
  id: string;
  description?: string | null;
  name?: string;
}

export function idsOf({ slot, id, outputs }: Held): string[] {
  if (slot !== "rot") return id.startsWith("unresolved/") ? [] : [id];
  return [outputs["keyId"], outputs["previousKeyId"]].filter(
    (each): each is string => typeof each === "string",
  );
}

function namedBy({ slot, id, outputs }: Held, key: Live): boolean {
  const unresolved = outputs["unresolved"] === true;
  if (slot === "ssh") return unresolved && outputs["name"] === key.name;
  if (slot !== "rot") return unresolved && outputs["description"] === key.description;
  const marks = [
    ...(id.startsWith("unresolved/") ? [id.slice("unresolved/".length)] : []),
    ...(unresolved ? [String(outputs["unresolvedMark"])] : []),
    nextMarker(String(outputs["keyId"]), ""),
  ];
  return marks.some((mark) => key.description?.endsWith(` #${mark}`));
}
