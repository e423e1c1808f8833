// A state in two stacks, and a stack that was renamed: nothing of the original is revoked by a refresh or an unchanged up, and nothing is forgotten for a name.
import { RotatingPersonalAccessToken, RotatingServiceKey } from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { StoryStack } from "../../support/story-stack";

describe.each([
  ["without a description", RotatingServiceKey, { service: "database" }, undefined],
  ["with a description of its own", RotatingPersonalAccessToken, { scopes: ["dns:read"] }, "tokens"],
] as const)("a rotating key %s", (_how, type, spec, description) => {
  const declare = (on: StoryStack, owner = `test/${on.name}/it`): void =>
    on.declare("it", type, {
      ...spec,
      description: description ?? `pulumi ${owner}`,
      rotateEveryDays: 30,
      overlapDays: 7,
      __owner: description === undefined ? "" : owner,
    });

  test("row 40: a rotation that stayed unresolved before the copy: the copy does not take what the original made since for its own", async () => {
    declare(stack);
    await stack.up();
    account.pass(31);
    await stack.up({
      troubles: [{ fate: "never arrives" }, { method: "GET", nth: 2, times: 40 }],
    });
    expect(stack.held("it").outputs.unresolved).toBe(true);
    const copy = new StoryStack(account, "copy");
    copy.takeStateOf(stack);
    declare(copy);
    await stack.up();
    const made = String(stack.held("it").outputs.keyId);
    expect(account.live).toContain(made);
    await copy.up();
    expect(copy.errors).toEqual([]);
    expect(account.live).toContain(made);
    expect(copy.printed).toContain(made);
  });

  test.each([
    ["up", async () => stack.up()],
    ["destroy", async () => stack.destroy()],
  ])("a rotation was killed, then the stack was renamed: %s names what was left", async (_what, next) => {
    declare(stack);
    await stack.up();
    const { keyId } = stack.held("it").outputs;
    account.pass(31);
    await stack.up({ kill: { nth: 2, arrived: true } });
    const [left] = account.live.filter((id) => id !== keyId);
    declare(stack, "test/renamed/it");
    stack.printed = "";
    await next();
    expect(stack.errors).toEqual([]);
    if (account.live.includes(left!)) expect(stack.printed).toContain(left);
  });
});
