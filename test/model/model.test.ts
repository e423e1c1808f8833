// Any history of two stacks in one account: whatever gets lost, late, killed or refused, no key is lost, leaked, or taken from somebody else.
import fc from "fast-check";

import { startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import { effort, TIMEOUT } from "./effort";
import { FATES, WorldTiming } from "./network";
import type { Kill, Trouble } from "./network";
import { idsOf, SLOTS, StackModel } from "./stack-model";
import type { Run, Slot } from "./stack-model";

const SEED =
  process.env["MODEL_SEED"] === undefined ? Date.now() % 2 ** 31 : Number(process.env["MODEL_SEED"]);
const DAY = 86_400_000;

jest.setTimeout(TIMEOUT);

/** The account, both stacks, and whoever else has keys in it. */
class World {
  readonly stacks: StackModel[];
  readonly foreign = new Set<string>();
  readonly removedByHand = new Set<string>();
  readonly history: string[] = [];

  constructor(
    readonly emulator: Emulator,
    readonly timing: WorldTiming,
  ) {
    this.stacks = ["dev", "prod"].map((name) => new StackModel(name, emulator, timing));
  }

  live() {
    const { account } = this.emulator;
    return [...account.liveApiKeys(), ...account.sshKeys()];
  }

  /** What must hold whenever nothing is under way. */
  expectSound(): void {
    const live = this.live();
    const ids = new Set(live.map(({ id }) => id));
    const wrong: string[] = [];
    for (const id of this.foreign) if (!ids.has(id)) wrong.push(`foreign key ${id} was touched`);
    for (const key of live) {
      if (this.foreign.has(key.id)) continue;
      const owners = this.stacks.filter((stack) => stack.owns(key.id));
      if (owners.length > 1) wrong.push(`${key.id} is in the state of both stacks`);
      if (owners.length === 0 && !this.stacks.some((stack) => stack.names(key))) {
        wrong.push(`nobody knows ${key.id} (${"description" in key ? String(key.description) : key.name})`);
      }
    }
    for (const stack of this.stacks) wrong.push(...this.lost(stack, ids), ...this.rotating(stack));
    expect(wrong).toEqual([]);
  }

  /** Keys that the state believes in, though they were revoked by us; and secrets that are not the key's. */
  private lost(stack: StackModel, live: Set<string>): string[] {
    const secrets = new Map(this.emulator.account.apiKeys().map(({ id, key }) => [id, key]));
    return [...stack.state.values()].flatMap((held) => {
      const [id] = idsOf(held);
      if (id === undefined) return [];
      const excused = this.removedByHand.has(id) || stack.condemned.has(id) || this.hasEnded(id);
      const dead = !live.has(id) && !excused ? [`${stack.name}: the state's key ${id} was revoked`] : [];
      const known = secrets.get(id);
      const wrong =
        known !== undefined && held.outputs["key"] !== known ? [`${stack.name}: not the key of ${id}`] : [];
      return [...dead, ...wrong];
    });
  }

  isInUse(id: string): boolean {
    return this.foreign.has(id) || this.stacks.some((stack) => stack.owns(id));
  }

  private hasEnded(id: string): boolean {
    const key = this.emulator.account.apiKeys().find((each) => each.id === id);
    return key?.expiresAt !== null && key?.expiresAt !== undefined && key.expiresAt <= this.timing.now();
  }

  private rotating(stack: StackModel): string[] {
    const { handed } = stack;
    const ours = this.live().filter(
      (key) =>
        "description" in key &&
        key.description?.startsWith(`pulumi test/${stack.name}/rot`) &&
        !this.foreign.has(key.id),
    );
    const replaced = stack.marked.filter(({ slot }) => slot === "rot").flatMap(idsOf);
    const pending = stack.pending.some(({ slot }) => slot === "rot");
    const held = ours.filter(({ id }) => !replaced.includes(id));
    // A killed creation leaves one more, until the recovery.
    const many =
      held.length > 2 && !pending ? [`${stack.name}: ${held.length} live keys of one rotating resource`] : [];
    const current = stack.state.get("rot");
    const gone =
      handed !== undefined &&
      current !== undefined &&
      !this.live().some(({ id }) => id === handed) &&
      !this.removedByHand.has(handed) &&
      !stack.condemned.has(handed);
    return gone ? [...many, `${stack.name}: the consumers' key ${handed} was revoked`] : many;
  }

  /** After the late ones arrived, as a quiescent account is what the invariant is about. */
  async settled(): Promise<void> {
    this.timing.elapsed += 10_000;
    await this.timing.settle(true);
    this.expectSound();
  }

  /** Without further trouble everything heals: exactly the state's keys live, and after destroying nothing but others' keys. */
  async heal(): Promise<void> {
    const calm: Run = { troubles: [] };
    for (const stack of this.stacks) {
      stack.recover((id) => this.isInUse(id));
      expect([stack.name, await stack.refresh(calm), stack.printed]).toEqual([
        stack.name,
        true,
        stack.printed,
      ]);
      for (let round = 0; round < 3; round += 1) {
        expect([stack.name, await stack.up(calm), stack.printed]).toEqual([stack.name, true, stack.printed]);
        this.expectSound();
      }
    }
    const others = (): string[] =>
      this.live()
        .filter(({ id }) => !this.foreign.has(id))
        .filter((key) => !("description" in key && key.description === "shared"))
        .map(({ id }) => id);
    const held = this.stacks.flatMap((stack) =>
      [...stack.state.values()].filter(({ slot }) => slot !== "named").flatMap(idsOf),
    );
    expect(others().sort()).toEqual(held.sort());
    for (const stack of this.stacks) {
      expect([stack.name, await stack.destroy(calm), stack.printed]).toEqual([
        stack.name,
        true,
        stack.printed,
      ]);
    }
    expect(others()).toEqual([]);
    this.expectSound();
  }
}

class Command implements fc.AsyncCommand<object, World> {
  constructor(
    private readonly text: string,
    private readonly work: (world: World) => Promise<unknown>,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_model: object, world: World): Promise<void> {
    world.history.push(this.text);
    await this.work(world);
    await world.settled();
  }

  toString(): string {
    return this.text;
  }
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  method: fc.constantFrom("POST", "POST", "GET", "DELETE"),
  nth: fc.integer({ min: 1, max: 4 }),
  times: fc.constantFrom(1, 1, 2, 4, 40),
  fate: fc.constantFrom(...FATES),
  late: fc.double({ min: 0, max: 5.9, noNaN: true }),
});
const kill: fc.Arbitrary<Kill> = fc.record({ nth: fc.integer({ min: 1, max: 8 }), arrived: fc.boolean() });
const run: fc.Arbitrary<Run> = fc.record({
  troubles: fc.array(trouble, { maxLength: 3 }),
  kill: fc.option(kill, { nil: undefined, freq: 4 }),
});
const which = fc.integer({ min: 0, max: 1 });
const slot: fc.Arbitrary<Slot> = fc.constantFrom(...SLOTS);
const text = (value: unknown): string => JSON.stringify(value);

const change = fc.tuple(which, slot, fc.constantFrom("version", "setting", "remove")).map(
  ([at, name, what]) =>
    new Command(`change ${text({ at, name, what })}`, async ({ stacks }) => {
      const { program } = stacks[at]!;
      const now = program.get(name) ?? { version: 0, setting: 0 };
      if (what === "remove") program.delete(name);
      else program.set(name, { ...now, [what]: now[what] + 1 });
    }),
);
const up = fc
  .tuple(which, run)
  .map(([at, how]) => new Command(`up ${text({ at, how })}`, ({ stacks }) => stacks[at]!.up(how)));
const changedUp = fc.tuple(which, slot, run).map(
  ([at, name, how]) =>
    new Command(`changed up ${text({ at, name, how })}`, ({ stacks }) => {
      const { program } = stacks[at]!;
      const now = program.get(name) ?? { version: 0, setting: 0 };
      program.set(name, { ...now, version: now.version + 1 });
      return stacks[at]!.up(how);
    }),
);
const both = fc
  .tuple(run, run)
  .map(
    ([a, b]) =>
      new Command(`both up ${text([a, b])}`, ({ stacks }) =>
        Promise.all([stacks[0]!.up(a), stacks[1]!.up(b)]),
      ),
  );
const refresh = fc
  .tuple(which, run)
  .map(([at, how]) => new Command(`refresh ${text({ at, how })}`, ({ stacks }) => stacks[at]!.refresh(how)));
const destroy = fc
  .tuple(which, run)
  .map(([at, how]) => new Command(`destroy ${text({ at, how })}`, ({ stacks }) => stacks[at]!.destroy(how)));
const recover = which.map(
  (at) => new Command(`recover ${at}`, async (world) => world.stacks[at]!.recover((id) => world.isInUse(id))),
);
const days = fc.integer({ min: 1, max: 45 }).map(
  (count) =>
    new Command(`days ${count}`, async ({ timing }) => {
      timing.elapsed += count * DAY;
    }),
);
const byHand = fc.tuple(slot, which).map(
  ([name, at]) =>
    new Command(`by hand ${text({ name, at })}`, async ({ emulator, foreign }) => {
      // What a person may call a key: as the program does, or as the package would, with another mark.
      const stack = at === 0 ? "dev" : "prod";
      const description = name === "named" ? "shared" : `pulumi test/${stack}/${name} #0000000`;
      const key = emulator.account.addApiKey({
        ...(name === "ci" ? { scopes: ["a:read"] } : { service: name === "named" ? "storage" : "database" }),
        description,
      });
      foreign.add(key.id);
    }),
);
const revoke = fc.tuple(which, slot).map(
  ([at, name]) =>
    new Command(`revoke by hand ${text({ at, name })}`, async ({ stacks, emulator, removedByHand }) => {
      const held = stacks[at]!.state.get(name);
      const id = held && idsOf(held)[0];
      if (id === undefined || removedByHand.has(id)) return;
      removedByHand.add(id);
      try {
        emulator.account.remove(id);
      } catch {
        // It was gone already.
      }
    }),
);

const commands = fc.commands(
  [up, changedUp, changedUp, both, refresh, destroy, recover, days, byHand, revoke, change],
  {
    maxCommands: 14,
  },
);

async function live(
  work: (world: World) => Promise<void>,
  slots: readonly (readonly Slot[])[],
): Promise<void> {
  const timing = new WorldTiming(Date.parse("2026-01-01T00:00:00Z"));
  // Requests to this machine; only a loaded one needs longer, and then a time-out is one more lost answer.
  timing.attemptLimit = 20_000;
  const emulator = await startEmulator({ now: () => timing.now() });
  const world = new World(emulator, timing);
  try {
    slots.forEach((names, at) =>
      names.forEach((name) => world.stacks[at]!.program.set(name, { version: 0, setting: 0 })),
    );
    await work(world);
  } finally {
    await emulator.close();
  }
}

const program = fc.uniqueArray(slot, { minLength: 1, maxLength: 3 });

test(`any history of two stacks: every live key is in a state, named, or somebody else's (seed ${SEED})`, async () => {
  let running: Promise<void> = Promise.resolve();
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(program, program, commands, (one, two, history) => {
      histories += 1;
      running = live(
        async (world) => {
          await fc.asyncModelRun(() => ({ model: {}, real: world }), history);
          await world.heal();
        },
        [one, two],
      );
      return running;
    }),
    {
      seed: SEED,
      ...effort(100),
      ...(process.env["MODEL_PATH"] === undefined ? {} : { path: process.env["MODEL_PATH"] }),
    },
  );
  // The limit leaves the last history where it is; it has to come to its end, and to a good one.
  await running;
  process.stderr.write(`${histories} histories, seed ${SEED}\n`);
});
