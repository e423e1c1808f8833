// Rows 46 and 50: what a list says of keys that are revoked or not active.
import { type StoryRows, storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { declareAll, PersonalAccessToken } from "./kinds";

const KINDS = 5;

const deletions = ({ emulator }: ProcessAccount): string[] =>
  emulator.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path.split("/").at(-1)!);

const checks = {
  "created once": (run: ProcessAccount) => run.expectExactly(KINDS),
  "no change": (run: ProcessAccount, ids: string[]) => run.expectExactly(ids),
  success: (run: ProcessAccount) => run.expectExactly(0),
  "the same tokens, one imported": (run: ProcessAccount, ids: string[]) => run.expectExactly(ids),
  "replaced and revoked": (run: ProcessAccount, dead: string[]) => {
    run.expectExactly(KINDS);
    expect(deletions(run).sort()).toEqual(dead.sort());
  },
  revoked: (run: ProcessAccount, dead: string[]) => {
    run.expectExactly(0);
    expect(deletions(run)).toEqual(expect.arrayContaining(dead));
  },
};

storyRows(__filename, "Keys that the list shows differently", checks, [
  {
    rows: [
      [46, "revoked elsewhere, listed with `is_active: false`; `up --refresh`"],
      [46, "the same, `up --refresh` once more"],
      [46, "revoked elsewhere, listed with `is_active: false`; `destroy`"],
    ],
    options: { quirks: { listsRevokedKeys: true } },
    story: async (run, done) => {
      const { stack, emulator } = run;
      declareAll(stack);
      await stack.up();
      for (const id of run.live) emulator.account.remove(id);
      run.forget();
      await stack.up({ refresh: true });
      done();
      const { ids } = stack;
      await stack.up({ refresh: true });
      done(ids);
      for (const id of run.live) emulator.account.remove(id);
      await stack.destroy();
      done();
    },
  },
  ...["", "account"].map((tokenService): StoryRows => ({
    rows: [
      [
        46,
        `tokens are listed with the service "${tokenService}"; \`up --refresh\` with another one imported`,
      ],
    ],
    options: { quirks: { tokenService } },
    story: async (run, done) => {
      const { stack, emulator } = run;
      declareAll(stack);
      await stack.up();
      const { ids } = stack;
      const { id, key } = emulator.account.addApiKey({ scopes: ["dns:read"], description: "mine" });
      const existing = { scopes: ["dns:read"], description: "mine", existing: { id, key } };
      stack.declare("imported", PersonalAccessToken, existing);
      run.forget();
      await stack.up({ refresh: true });
      done([...ids, id]);
    },
  })),
  {
    rows: [
      [50, "inactive keys of every kind; `up --refresh`"],
      [50, "inactive keys of every kind; `destroy`"],
    ],
    story: async (run, done) => {
      const { stack, emulator } = run;
      const deactivate = (): string[] => {
        const ids = emulator.account.liveApiKeys().map(({ id }) => id);
        for (const id of ids) emulator.account.deactivate(id);
        return ids;
      };
      declareAll(stack);
      await stack.up();
      const first = deactivate();
      run.forget();
      await stack.up({ refresh: true });
      done(first);
      const second = deactivate();
      await stack.destroy({ refresh: true });
      done(second);
    },
  },
]);
