// Rows 42 to 45: answers to creations are lost, and what the list then shows is older, late, altered or in conflict.
import type { NewApiKey, Quirks } from "../../../src/emulator";
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import type { StoryStack } from "../../support/story-stack";
import { API_KEY_KINDS, declareApiKeys, loseAnswers, ServiceKey } from "./kinds";

const table = new FaultTable(__filename);
const KINDS = Object.keys(API_KEY_KINDS).length;

function expectExactly(account: ProcessAccount, stack: StoryStack, count: number): void {
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
  expect(stack.ids).toHaveLength(count);
}

test.concurrent("row 42: cleaning up leaves an older key that looks alike", () =>
  ProcessAccount.run(async (account, stack) => {
    const { account: control, faults } = account.emulator;
    declareApiKeys(stack);
    loseAnswers(account.emulator, stack);
    faults.add({ method: "GET", times: "always", status: 500 });
    expect(await stack.up()).toBe(false);
    const alike = control.liveApiKeys().map(({ service, scopes, description }) => {
      const kind = service === null ? { scopes } : { service };
      return control.addApiKey({ ...kind, description, createdAt: "2020-11-01T00:00:00Z" }).id;
    });
    expect(alike).toHaveLength(KINDS);
    faults.clear();
    account.requests();
    await stack.up();
    expect({ errors: stack.errors, live: account.live }).toEqual({
      errors: [],
      live: [...stack.ids, ...alike].sort(),
    });
    await stack.destroy();
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: alike.sort() });
    table.note({
      row: 42,
      fault: "unresolved, and an older key bears the same description; `up`, `destroy`",
      result: "cleaned up, the older one stays",
      requests: account.requests(),
      live: account.live.length,
    });
  }),
);

test.concurrent("row 43: `created_at` behind `Date`, and the response is lost", () =>
  ProcessAccount.run(async (account, stack) => {
    const { quirks, faults } = account.emulator;
    for (const seconds of [0, 60, 600]) {
      quirks.createdAtSkew = -seconds * 1_000;
      const behind = `\`created_at\` ${seconds} s behind`;
      declareApiKeys(stack);
      loseAnswers(account.emulator, stack);
      account.requests();
      await stack.up();
      expectExactly(account, stack, KINDS);
      const requests = account.requests();
      table.note({
        row: 43,
        fault: `${behind}, automatic description`,
        result: "created",
        requests,
        live: KINDS,
      });

      faults.add({ method: "POST", reset: true, commit: true });
      const before = account.live;
      stack.declare("shared", ServiceKey, { service: "dns", description: "shared" });
      expect(await stack.up()).toBe(false);
      const [made] = account.live.filter((id) => !before.includes(id));
      expect(stack.errors.join()).toContain(made);
      table.note({
        row: 43,
        fault: `${behind}, explicit description`,
        result: "error naming the id",
        requests: account.requests(),
        live: account.live.length - before.length,
      });
      account.emulator.account.remove(made!);
      stack.program.clear();
      await stack.up();
      expectExactly(account, stack, 0);
    }
  }),
);

test.concurrent("row 44: the second POST is answered 409", () =>
  ProcessAccount.run(async (account, stack) => {
    const { account: control, requests } = account.emulator;
    const note = (fault: string, result: string): void =>
      table.note({ row: 44, fault, result, requests: account.requests(), live: account.live.length });
    /** The first request for the key of the last one takes effect. */
    const takeEffect = (body: unknown): void => void control.addApiKey(body as NewApiKey);
    const declare = (): void => {
      declareApiKeys(stack);
      const conflict = { status: 409, body: { detail: "exists" } };
      loseAnswers(account.emulator, stack, [conflict], { commit: false });
    };
    declare();
    account.onRequest = ({ status, body }) => {
      if (status === 409) takeEffect(body);
    };
    expect(await stack.up()).toBe(false);
    expect([account.live, stack.ids]).toEqual([[], []]);
    await stack.up();
    expectExactly(account, stack, KINDS);
    note(
      "409 to the second POST, and the first has taken effect by then; `up`",
      "error, nothing left; then created",
    );

    stack.program.clear();
    await stack.up();
    account.onRequest = () => undefined;
    declare();
    account.requests();
    expect(await stack.up()).toBe(false);
    expect([...stack.state.values()].map(({ id }) => id.split("/")[0])).toEqual(
      Array(KINDS).fill("unresolved"),
    );
    for (const { status, body } of requests) if (status === 409) takeEffect(body);
    expect(account.live).toHaveLength(KINDS);
    await stack.up();
    expectExactly(account, stack, KINDS);
    note("409 to the second POST, and the first takes effect later; `up`", "unresolved, then cleaned up");
  }),
);

const ALTERED: [string, Quirks][] = [
  ["trimmed", { descriptions: "trimmed" }],
  ["in lower case", { descriptions: "lower-case" }],
  ["cut off after 20 letters", { descriptions: { truncatedTo: 20 } }],
  ["not kept", { descriptions: "null" }],
];

test.concurrent.each(ALTERED)("row 45: descriptions are %s", (how, quirks) =>
  ProcessAccount.run(
    async (account, stack) => {
      declareApiKeys(stack);
      await stack.up();
      expectExactly(account, stack, KINDS);
      account.requests();
      await stack.up({ refresh: true });
      expectExactly(account, stack, KINDS);
      const requests = account.requests();
      const fault = `descriptions are ${how}`;
      table.note({
        row: 45,
        fault: `${fault}; \`up --refresh\``,
        result: "no change",
        requests,
        live: KINDS,
      });

      declareApiKeys(stack, {}, "lost-");
      loseAnswers(account.emulator, stack);
      const succeeded = await stack.up();
      const told = stack.errors.join() + stack.printed;
      expect(account.live.filter((id) => !stack.ids.includes(id) && !told.includes(id))).toEqual([]);
      expect(stack.ids.filter((id) => !account.live.includes(id))).toEqual([]);
      table.note({
        row: 45,
        fault: `${fault}, and the response is lost`,
        result: succeeded ? "created" : "error naming what may be ours",
        requests: account.requests(),
        live: account.live.length - KINDS,
      });
    },
    { quirks },
  ),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
