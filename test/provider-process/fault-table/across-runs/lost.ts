// Rows 42 to 45: answers to creations are lost, and what the list then shows is older, late, altered or in conflict.
import type { NewApiKey, Quirks } from "../../../../src/emulator";
import { type StoryRows, storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { API_KEY_KINDS, declareApiKeys, loseAnswers, ServiceKey } from "./kinds";

const KINDS = Object.keys(API_KEY_KINDS).length;

const checks = {
  "cleaned up, the older one stays": ({ live, stack }: ProcessAccount, alike: string[]) =>
    expect({ errors: stack.errors, live }).toEqual({ errors: [], live: alike.sort() }),
  created: (run: ProcessAccount) => run.expectExactly(),
  "error naming the id": ({ stack }: ProcessAccount, made: string) =>
    expect(stack.errors.join()).toContain(made),
  "error, nothing left; then created": (run: ProcessAccount) => run.expectExactly(KINDS),
  "unresolved, then cleaned up": (run: ProcessAccount) => run.expectExactly(KINDS),
  "no change": (run: ProcessAccount, ids: string[]) => run.expectExactly(ids),
  "error naming what may be ours": ({ live, stack }: ProcessAccount) => {
    expect(stack.errors).toHaveLength(KINDS);
    const said = stack.errors.join() + stack.printed;
    expect(live.filter((id) => !stack.ids.includes(id) && !said.includes(id))).toEqual([]);
    expect(stack.ids.filter((id) => !live.includes(id))).toEqual([]);
  },
};

const UP_409 = "409 to the second POST, and the first";
const altered: [string, Quirks["descriptions"]][] = [
  ["trimmed", "trimmed"],
  ["in lower case", "lower-case"],
  ["cut off after 20 letters", { truncatedTo: 20 }],
  ["not kept", "null"],
];

storyRows(__filename, "Lost responses and later runs", checks, [
  {
    rows: [[42, "unresolved, and an older key has the same description; `up`, `destroy`"]],
    story: async (run, done) => {
      const { stack, emulator } = run;
      declareApiKeys(stack);
      loseAnswers(emulator, stack);
      emulator.faults.add({ method: "GET", times: "always", status: 500 });
      expect(await stack.up()).toBe(false);
      const alike = emulator.account.liveApiKeys().map(({ service, scopes, description }) => {
        const kind = service === null ? { scopes } : { service };
        return emulator.account.addApiKey({ ...kind, description, createdAt: "2020-11-01T00:00:00Z" }).id;
      });
      expect(alike).toHaveLength(KINDS);
      emulator.faults.clear();
      run.forget();
      await stack.up();
      expect([stack.errors, run.live]).toEqual([[], [...stack.ids, ...alike].sort()]);
      await stack.destroy();
      done(alike);
    },
  },
  {
    rows: [0, 60, 600].flatMap((seconds) => [
      [43, `\`created_at\` ${seconds} s behind, automatic description`],
      [43, `\`created_at\` ${seconds} s behind, explicit description`],
    ]),
    story: async (run, done) => {
      const { stack, emulator } = run;
      for (const seconds of [0, 60, 600]) {
        emulator.quirks.createdAtSkew = -seconds * 1_000;
        declareApiKeys(stack);
        loseAnswers(emulator, stack);
        run.forget();
        await stack.up();
        run.expectExactly(KINDS);
        done();

        emulator.faults.add({ method: "POST", reset: true, commit: true });
        const before = run.live;
        stack.declare("shared", ServiceKey, { service: "dns", description: "shared" });
        expect(await stack.up()).toBe(false);
        const [made] = run.live.filter((id) => !before.includes(id));
        done(made);
        emulator.account.remove(made!);
        stack.program.clear();
        await stack.up();
        run.expectExactly(0);
      }
    },
  },
  {
    rows: [
      [44, `${UP_409} has taken effect by then; \`up\``],
      [44, `${UP_409} takes effect later; \`up\``],
    ],
    story: async (run, done) => {
      const { stack, emulator } = run;
      /** The first request for the key of the last one takes effect. */
      const takeEffect = (body: unknown): void => void emulator.account.addApiKey(body as NewApiKey);
      const declare = (): void => {
        declareApiKeys(stack);
        const conflict = { status: 409, body: { detail: "exists" } };
        loseAnswers(emulator, stack, [conflict], { commit: false });
      };
      declare();
      run.onRequest = ({ status, body }) => {
        if (status === 409) takeEffect(body);
      };
      expect(await stack.up()).toBe(false);
      expect([run.live, stack.ids]).toEqual([[], []]);
      await stack.up();
      done();

      stack.program.clear();
      await stack.up();
      run.onRequest = () => undefined;
      declare();
      run.forget();
      expect(await stack.up()).toBe(false);
      run.expectUnresolved(KINDS);
      for (const { status, body } of emulator.requests) if (status === 409) takeEffect(body);
      expect(run.live).toHaveLength(KINDS);
      await stack.up();
      done();
    },
  },
  ...altered.map(([how, descriptions]): StoryRows => ({
    rows: [
      [45, `descriptions are ${how}; \`up --refresh\``],
      [45, `descriptions are ${how}, and the response is lost`],
    ],
    options: { quirks: { descriptions } },
    story: async (run, done) => {
      const { stack } = run;
      declareApiKeys(stack);
      await stack.up();
      const { ids } = stack;
      run.forget();
      await stack.up({ refresh: true });
      done(ids);
      declareApiKeys(stack, {}, "lost-");
      loseAnswers(run.emulator, stack);
      await stack.up();
      done();
    },
  })),
]);
