// Any changes of a set of SSH keys, with any trouble on the network: no key is ever lost from the state, and a quiet up always ends at what the program says.
import fc from "fast-check";

import { startEmulator } from "../../src/emulator";
import { PartialFailure } from "../support/engine-resources";
import type { EncodedState } from "../support/engine-resources";
import { resources } from "../support/engine-resources";
import { FATES, startProcess, SimulatedTiming } from "../model/network";
import type { Trouble } from "../model/network";
import { publicKey } from "../support/public-key";

const set = resources.SshKeySet;
type Keys = Record<string, { id: string }>;

const entries = fc.constantFrom("anna", "bjarne", "carl", "dora");
/** The program: entries with one of a few keys each, never the same key twice. */
const programs = fc.record({
  keys: fc
    .dictionary(entries, fc.integer({ min: 0, max: 5 }))
    .map((keys) =>
      Object.entries(keys).filter(([, key], at, all) => all.findIndex(([, k]) => k === key) === at),
    ),
  namePrefix: fc.constantFrom("team-", "team-", "ops-"),
});
const troubles: fc.Arbitrary<Trouble> = fc.record({
  method: fc.constantFrom("POST", "GET", "DELETE"),
  nth: fc.integer({ min: 1, max: 4 }),
  times: fc.constantFrom(1, 1, 2, 99),
  // What arrives after the last look may exist twice under one name in no account: the API refuses it.
  fate: fc.constantFrom(...FATES.filter((fate) => fate !== "arrives late")),
  late: fc.constant(0),
});
const steps = fc.array(fc.record({ program: programs, troubles: fc.array(troubles, { maxLength: 3 }) }), {
  minLength: 1,
  maxLength: 4,
});

type Step = { program: { keys: [string, number][]; namePrefix: string }; troubles: Trouble[] };

test("the state knows every key that it made, whatever went wrong, and the next quiet refresh and up put everything right", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const timing = new SimulatedTiming(Date.parse("2026-01-01T00:00:00Z"));
      timing.attemptLimit = 20_000;
      const emulator = await startEmulator({ now: () => timing.now() });
      try {
        let state: EncodedState | undefined;
        const up = async ({ program, troubles }: Step): Promise<void> => {
          const { context } = startProcess(emulator, timing, { troubles, log: () => undefined });
          const { keys, namePrefix } = program;
          const publicKeys = Object.fromEntries(keys.map(([entry, key]) => [entry, publicKey(key)]));
          const { inputs, failures } = set.check({}, { publicKeys, namePrefix });
          expect(failures).toEqual([]);
          try {
            if (!state) state = await set.create(inputs, context);
            else if (set.diff(state.id, state.outputs, inputs, timing.now(), context.holders).changes) {
              state = { ...state, outputs: await set.update(state.id, state.outputs, inputs, context) };
            }
          } catch (error) {
            // Any other error leaves the state of before, as in the engine.
            if (error instanceof PartialFailure) state = { id: error.id, outputs: error.properties };
          }
        };
        const ids = (): string[] =>
          emulator.account
            .sshKeys()
            .map(({ id }) => id)
            .sort();
        for (const step of story) {
          await up(step);
          const {
            keys = {},
            leftovers = [],
            unresolved = {},
          } = (state?.outputs ?? {}) as {
            keys?: Keys;
            leftovers?: string[];
            unresolved?: object;
          };
          const known = [...Object.values(keys).map(({ id }) => id), ...leftovers];
          const unknown = ids().filter((id) => !known.includes(id));
          expect(unknown.length).toBeLessThanOrEqual(Object.keys(unresolved).length);
        }
        const last = { ...story.at(-1)!, troubles: [] };
        // A deletion that was not confirmed stays in the state, as that of any key does: a refresh finds out what became of it.
        const { context } = startProcess(emulator, timing, { troubles: [], log: () => undefined });
        if (state) state = await set.read(state.id, state.outputs, context);
        await up(last);
        const made = Object.values(state!.outputs.keys as Keys).map(({ id }) => id);
        expect(made.sort()).toEqual(ids());
        const names = emulator.account.sshKeys().map(({ name, publicKey: text }) => `${name} ${text}`);
        const wanted = last.program.keys.map(
          ([entry, key]) => `${last.program.namePrefix}${entry} ${publicKey(key)}`,
        );
        expect(names.sort()).toEqual(wanted.sort());
        const run = startProcess(emulator, timing, { troubles: [], log: () => undefined }).context;
        await set.delete(state!.id, state!.outputs, run);
        expect(ids()).toEqual([]);
      } finally {
        await emulator.close();
      }
    }),
    {
      numRuns: 80,
      // The only key is removed, and the one that takes its place is refused: the state must not hold it any longer.
      examples: [
        [
          [
            { program: { keys: [["dora", 0]], namePrefix: "team-" }, troubles: [] },
            {
              program: { keys: [["anna", 0]], namePrefix: "team-" },
              troubles: [{ method: "POST", nth: 1, times: 99, fate: "429", late: 0 }],
            },
            { program: { keys: [["dora", 0]], namePrefix: "team-" }, troubles: [] },
          ],
        ],
      ],
    },
  );
});
