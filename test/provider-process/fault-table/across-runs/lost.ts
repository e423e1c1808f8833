// Rows 42 to 45: answers to creations are lost, and what the list then shows is older, late, altered or in conflict.
import type { NewApiKey, Quirks } from "../../../../src/emulator";
import { row, type StoryRows, type StoryRun, storyRows } from "../../../support/fault-rows";
import { API_KEY_KINDS, declareApiKeys, loseAnswers, ServiceKey } from "./kinds";

const KINDS = Object.keys(API_KEY_KINDS).length;
const each = (requests: string): string => Array(KINDS).fill(requests).join(" ");
/** The requests of four creations whose responses are lost. */
const HEALED = `POST ${"GET DELETE POST×2 ".repeat(3)}GET DELETE POST`;

const checks = {
  "cleaned up, the older one stays": ({ account, stack }: StoryRun, alike: string[]) =>
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: alike.sort() }),
  created: ({ account, stack }: StoryRun, others: string[] = []) =>
    expect({ errors: stack.errors, live: account.live.filter((id) => !others.includes(id)) }).toEqual({
      errors: [],
      live: stack.ids.filter((id) => !others.includes(id)),
    }),
  "error naming the id": ({ stack }: StoryRun, made: string) => expect(stack.errors.join()).toContain(made),
  "error, nothing left; then created": (run: StoryRun) => run.expectExactly(KINDS),
  "unresolved, then cleaned up": (run: StoryRun) => run.expectExactly(KINDS),
  "no change": (run: StoryRun, ids: string[]) => run.expectExactly(ids),
  "error naming what may be ours": ({ account, stack }: StoryRun) => {
    expect(stack.errors).toHaveLength(KINDS);
    const said = stack.errors.join() + stack.printed;
    expect(account.live.filter((id) => !stack.ids.includes(id) && !said.includes(id))).toEqual([]);
    expect(stack.ids.filter((id) => !account.live.includes(id))).toEqual([]);
  },
};
type Outcome = keyof typeof checks;

const UP_409 = "409 to the second POST, and the first";
const altered: [string, Quirks, Outcome][] = [
  ["trimmed", { descriptions: "trimmed" }, "created"],
  ["in lower case", { descriptions: "lower-case" }, "created"],
  ["cut off after 20 letters", { descriptions: { truncatedTo: 20 } }, "error naming what may be ours"],
  ["not kept", { descriptions: "null" }, "error naming what may be ours"],
];

storyRows<Outcome>(__filename, "Lost responses and later runs", checks, [
  {
    rows: [
      row(
        42,
        "unresolved, and an older key bears the same description; `up`, `destroy`",
        "cleaned up, the older one stays",
        `${each("GET DELETE POST")} GET DELETE×4`,
        KINDS,
      ),
    ],
    story: async (run, done) => {
      const { account, stack, emulator } = run;
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
      expect([stack.errors, account.live]).toEqual([[], [...stack.ids, ...alike].sort()]);
      await stack.destroy();
      done(alike);
    },
  },
  {
    rows: [0, 60, 600].flatMap((seconds) => [
      row(43, `\`created_at\` ${seconds} s behind, automatic description`, "created", HEALED, KINDS),
      row(
        43,
        `\`created_at\` ${seconds} s behind, explicit description`,
        "error naming the id",
        "POST GET×3",
        KINDS + 1,
      ),
    ]),
    story: async (run, done) => {
      const { account, stack, emulator } = run;
      for (const seconds of [0, 60, 600]) {
        emulator.quirks.createdAtSkew = -seconds * 1_000;
        declareApiKeys(stack);
        loseAnswers(emulator, stack);
        run.forget();
        await stack.up();
        run.expectExactly(KINDS);
        done();

        emulator.faults.add({ method: "POST", reset: true, commit: true });
        const before = account.live;
        stack.declare("shared", ServiceKey, { service: "dns", description: "shared" });
        expect(await stack.up()).toBe(false);
        const [made] = account.live.filter((id) => !before.includes(id));
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
      row(
        44,
        `${UP_409} has taken effect by then; \`up\``,
        "error, nothing left; then created",
        `${each("POST GET×3 POST GET DELETE")} POST×${KINDS}`,
        KINDS,
      ),
      row(
        44,
        `${UP_409} takes effect later; \`up\``,
        "unresolved, then cleaned up",
        `${"POST GET×3 ".repeat(2 * KINDS - 1)}POST GET×4 DELETE POST GET DELETE POST GET DELETE POST GET DELETE POST`,
        KINDS,
      ),
    ],
    story: async (run, done) => {
      const { account, stack, emulator } = run;
      /** The first request for the key of the last one takes effect. */
      const takeEffect = (body: unknown): void => void emulator.account.addApiKey(body as NewApiKey);
      const declare = (): void => {
        declareApiKeys(stack);
        const conflict = { status: 409, body: { detail: "exists" } };
        loseAnswers(emulator, stack, [conflict], { commit: false });
      };
      declare();
      account.onRequest = ({ status, body }) => {
        if (status === 409) takeEffect(body);
      };
      expect(await stack.up()).toBe(false);
      expect([account.live, stack.ids]).toEqual([[], []]);
      await stack.up();
      done();

      stack.program.clear();
      await stack.up();
      account.onRequest = () => undefined;
      declare();
      run.forget();
      expect(await stack.up()).toBe(false);
      run.expectUnresolved(KINDS);
      for (const { status, body } of emulator.requests) if (status === 409) takeEffect(body);
      expect(account.live).toHaveLength(KINDS);
      await stack.up();
      done();
    },
  },
  ...altered.map(([how, quirks, outcome]): StoryRows<Outcome> => {
    const fault = `descriptions are ${how}`;
    const requests = outcome === "created" ? HEALED : each("POST GET×3");
    return {
      rows: [
        row(45, `${fault}; \`up --refresh\``, "no change", "GET", KINDS),
        row(45, `${fault}, and the response is lost`, outcome, requests, 2 * KINDS),
      ],
      options: { quirks },
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
    };
  }),
]);
