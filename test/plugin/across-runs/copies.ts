// Rows 40 and 41: copies of a state, and keys of others that look like ours.
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import { StoryStack } from "../../support/story-stack";
import { API_KEY_KINDS, declareAll, declareApiKeys, ROTATING, RotatingServiceKey } from "./kinds";

const table = new FaultTable(__filename);

const current = (stack: StoryStack, name: string): string => String(stack.held(name).outputs["keyId"]);

/** A second stack with a copy of the first one's state. */
function copyOf(stack: StoryStack, account: ProcessAccount, name: string): StoryStack {
  const copy = new StoryStack(account, name);
  for (const [each, { type, inputs }] of stack.program)
    copy.declare(each, type, { ...inputs, __owner: `test/${name}/${each}` });
  copy.state = new Map(
    [...stack.state].map(([each, held]) => [each, { ...held, outputs: { ...held.outputs } }]),
  );
  return copy;
}

test.concurrent("row 40: a copied state, and a renamed stack", () =>
  ProcessAccount.run(async (account, stack) => {
    declareAll(stack);
    await stack.up();
    account.pass(31);
    await stack.up();
    expect(stack.errors).toEqual([]);
    const { live } = account;
    const note = (fault: string, result: string): void =>
      table.note({ row: 40, fault, result, requests: account.requests(), live: account.live.length });

    account.requests();
    const copy = copyOf(stack, account, "copy");
    await copy.up({ refresh: true });
    expect([copy.errors, account.live]).toEqual([[], live]);
    note("a second stack has a copy of the state; `up --refresh` of the copy", "nothing changes");
    const renamed = copyOf(stack, account, "renamed");
    await renamed.up();
    expect([renamed.errors, account.live]).toEqual([[], live]);
    note("the stack has another name; `up`", "nothing changes");

    account.pass(31);
    await stack.up();
    const newest = Object.keys(ROTATING).map((kind) => current(stack, kind));
    expect(account.live).toEqual(expect.arrayContaining(newest));
    account.requests();
    await copy.up({ refresh: true });
    declareApiKeys(copy, { rotationTriggers: { mine: "1" } });
    await copy.up();
    expect(account.live).toEqual(expect.arrayContaining(newest));
    note("the original rotates; the copy refreshes, changes and rotates", "the original's new keys live");
    await copy.destroy();
    expect(account.live).toEqual(expect.arrayContaining(newest));
    note("`destroy` of the copy", "the keys of its own state are gone, the original's new ones live");
  }),
);

test.concurrent("row 41: keys of others with the marker of an interrupted rotation", () =>
  ProcessAccount.run(async (account, stack) => {
    stack.declare("db", RotatingServiceKey, API_KEY_KINDS.rotatingServiceKey[1]);
    await stack.up();
    account.pass(31);
    account.requests();
    // After the list: the successor is created, and its answer never read.
    await stack.up({ kill: { nth: 2, arrived: true } });
    expect(stack.errors).toEqual(["killed"]);
    const { account: control } = account.emulator;
    const left = control.liveApiKeys().find(({ id }) => id !== current(stack, "db"))!;
    const description = left.description!;
    const foreign = [
      control.addApiKey({ service: "database", description: `somebody else${description.slice(-9)}` }),
      control.addApiKey({ service: "database", description, createdAt: "2020-06-01T00:00:00Z" }),
      control.addApiKey({ service: "storage", description }),
      control.addApiKey({ scopes: ["dns:read"], description }),
    ].map(({ id }) => id);
    account.requests();
    await stack.up();
    await stack.destroy();
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: foreign.sort() });
    table.note({
      row: 41,
      fault: "killed in a rotation, and four keys of others bear its marker; `up`, `destroy`",
      result: "only our own are revoked",
      requests: account.requests(),
      live: account.live.length,
    });
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
