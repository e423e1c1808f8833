// Rows 40 and 41: copies of a state, and keys of others that look like ours.
import { storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { StoryStack } from "../../../support/story-stack";
import { API_KEY_KINDS, declareAll, declareApiKeys, ROTATING, RotatingServiceKey } from "./kinds";

const current = (stack: StoryStack, name: string): string => String(stack.held(name).outputs["keyId"]);

/** A second stack with a copy of the first one's state. */
function copyOf(run: ProcessAccount, name: string): StoryStack {
  const copy = new StoryStack(run, name);
  for (const [each, { type, inputs }] of run.stack.program) copy.declare(each, type, inputs);
  copy.takeStateOf(run.stack);
  return copy;
}

const expectLive = ({ live }: ProcessAccount, newest: string[]): void =>
  expect(live).toEqual(expect.arrayContaining(newest));

const checks = {
  "nothing changes": (run: ProcessAccount, { errors }: StoryStack, live: string[]) =>
    expect([errors, run.live]).toEqual([[], live]),
  "the original's new keys stay valid": expectLive,
  "the keys of its own state are revoked, the original's new ones stay valid": (
    run: ProcessAccount,
    newest: string[],
    own: string[],
  ) => {
    expectLive(run, newest);
    expect(run.live.filter((id) => own.includes(id))).toEqual([]);
  },
  "only our own are revoked": ({ live, stack }: ProcessAccount, foreign: string[]) =>
    expect({ errors: stack.errors, live }).toEqual({ errors: [], live: foreign.sort() }),
};

storyRows(__filename, "Copied states and keys of others", checks, [
  {
    rows: [
      [40, "a second stack has a copy of the state; `up --refresh` of the copy"],
      [40, "the stack is renamed; `up`"],
      [40, "the original rotates; the copy refreshes, changes and rotates"],
      [40, "`destroy` of the copy"],
    ],
    story: async (run, done) => {
      const { stack } = run;
      declareAll(stack);
      await stack.up();
      run.pass(31);
      await stack.up();
      expect(stack.errors).toEqual([]);
      const { live } = run;
      run.forget();
      const copy = copyOf(run, "copy");
      await copy.up({ refresh: true });
      done(copy, live);
      const renamed = copyOf(run, "renamed");
      await renamed.up();
      done(renamed, live);

      run.pass(31);
      await stack.up();
      const newest = Object.keys(ROTATING).map((kind) => current(stack, kind));
      expectLive(run, newest);
      run.forget();
      await copy.up({ refresh: true });
      declareApiKeys(copy, { rotationTriggers: { mine: "1" } });
      await copy.up();
      done(newest);
      const { ids } = copy;
      await copy.destroy();
      done(newest, ids);
    },
  },
  {
    rows: [[41, "killed in a rotation, and four keys of others have its marker; `up`, `destroy`"]],
    story: async (run, done) => {
      const { stack } = run;
      stack.declare("db", RotatingServiceKey, API_KEY_KINDS.rotatingServiceKey[1]);
      await stack.up();
      run.pass(31);
      // After the list: the successor is created, and its answer never read.
      await stack.up({ kill: { nth: 2, arrived: true } });
      expect(stack.errors).toEqual(["killed"]);
      const { account: control } = run.emulator;
      const left = control.liveApiKeys().find(({ id }) => id !== current(stack, "db"))!;
      const description = left.description!;
      await stack.refresh();
      const { errors, printed } = stack;
      expect({ errors, printed }).toEqual({ errors: [], printed: expect.stringContaining(left.id) });
      const foreign = [
        control.addApiKey({ service: "database", description: `somebody else${description.slice(-9)}` }),
        control.addApiKey({ service: "database", description, createdAt: "2020-06-01T00:00:00Z" }),
        control.addApiKey({ service: "storage", description }),
        control.addApiKey({ scopes: ["dns:read"], description }),
      ].map(({ id }) => id);
      run.forget();
      await stack.up();
      await stack.destroy();
      done(foreign);
    },
  },
]);
