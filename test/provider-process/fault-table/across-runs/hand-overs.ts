// Rows 26 and 28 to 31: a key passes from one resource to another, is replaced, or is said to be gone.
import { storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { publicKey } from "../../../support/public-key";
import { declareAll, declareSshKey, PersonalAccessToken, ServiceKey } from "./kinds";

const checks = {
  "handed over, nothing revoked": (run: ProcessAccount, ids: string[]) => {
    expect([...run.stack.state.keys()].filter((name) => name.startsWith("before"))).toEqual([]);
    run.expectExactly(ids);
  },
  "the new key first, then the old one revoked": (run: ProcessAccount, old: string) => {
    run.expectExactly(1);
    expect(run.stack.ids).not.toContain(old);
  },
  "refused, it is the run's own credential": ({ live, stack }: ProcessAccount) => {
    expect(stack.errors.join()).toContain("authenticated with it");
    expect([live, stack.ids.length]).toEqual([stack.ids, 1]);
  },
  "every id in the state is valid": (run: ProcessAccount) => run.expectExactly(16),
  stored: (run: ProcessAccount, id: string, key: string) => {
    run.expectExactly([id]);
    expect(run.stack.held("key").outputs["key"] === key).toBe(true);
  },
  "error, the state is unchanged": ({ live, stack }: ProcessAccount, ids: string[]) => {
    expect(stack.errors).toHaveLength(5);
    for (const error of stack.errors) expect(error).toContain("still shows it");
    expect([live, stack.ids]).toEqual([ids, ids]);
  },
  success: (run: ProcessAccount) => run.expectExactly(0),
};

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];
const HTML = "<html><body>404 Not Found</body></html>";
/** What a deletion is answered, though the key is there. */
const gone = [
  ["404 of a wrong path", { status: 404, body: { detail: "Not Found" } }],
  ["404, HTML of a proxy", { status: 404, body: HTML }],
  ["410, and the key is there", { status: 410, body: { detail: "gone" } }],
] as const;

storyRows(__filename, "Hand-overs and deletions", checks, [
  {
    rows: [[26, "`existing` and `adoptExisting` under new names, killed between the two; `up`"]],
    story: async (run, done) => {
      const { stack } = run;
      const byHand = run.emulator.account.addApiKey({ service: "dns", description: "by hand" });
      const existing = { id: byHand.id, key: byHand.key };
      const declare = (name: string): void => {
        stack.program.clear();
        declareSshKey(stack, `${name}-ssh`, { publicKey: publicKey(1), adoptExisting: true });
        stack.declare(name, ServiceKey, { service: "dns", description: "by hand", existing });
      };
      declare("before");
      await stack.up();
      const { ids } = stack;
      declare("after");
      run.forget();
      // The first list is that of the SSH keys: the second resource takes over nothing.
      await stack.up({ kill: { nth: 2, arrived: true } });
      expect(stack.errors).toContain("killed");
      expect([...stack.state.keys()].sort()).toEqual(["after-ssh", "before", "before-ssh"]);
      expect(run.live).toEqual(ids);
      run.forget();
      await stack.up();
      done(ids);
      expect([...stack.state.keys()].sort()).toEqual(["after", "after-ssh"]);
    },
  },
  {
    rows: [
      [28, "the run's own credential is taken over by another resource, in two runs"],
      [28, "it is replaced; `up` with the new key as credential"],
      [28, "`destroy` with it"],
    ],
    story: async (run, done) => {
      const { stack, emulator } = run;
      const { id, key } = emulator.account.addApiKey({ scopes: ["api_keys:write"], description: "ci" });
      const inputs = { scopes: ["api_keys:write"], description: "ci", existing: { id, key } };
      stack.credential = key;
      stack.declare("before", PersonalAccessToken, inputs);
      await stack.up();
      stack.rename("before", "after");
      run.forget();
      await stack.up({ fails: true });
      expect([...stack.state.keys()]).toEqual(["before", "after"]);
      await stack.up();
      done([id]);

      stack.declare("after", PersonalAccessToken, { ...inputs, rotationTriggers: { leaked: "1" } });
      expect(await stack.up()).toBe(false);
      expect(stack.errors.join()).toContain("authenticated with it");
      expect(run.live).toEqual([id, ...stack.ids].sort());
      stack.credential = String(stack.held("after").outputs["key"]);
      await stack.up();
      done(id);
      expect(await stack.destroy()).toBe(false);
      done();
    },
  },
  {
    rows: [
      [29, "eight adopted SSH keys under other logical names"],
      [29, "eight of ours under other names in the account, `up --refresh`"],
    ],
    story: async (run, done) => {
      const { stack, emulator } = run;
      const declare = (logical: string, name: string): void => {
        stack.program.clear();
        for (const at of EIGHT) {
          declareSshKey(stack, `${logical}${at}`, { publicKey: publicKey(at), adoptExisting: true });
          const ours = { name: `${name} ${at}`, publicKey: publicKey(8 + at), adoptExisting: true };
          declareSshKey(stack, `ours${at}`, ours);
        }
      };
      for (const at of EIGHT) emulator.account.addSshKey({ name: `laptop ${at}`, publicKey: publicKey(at) });
      declare("before", "old");
      await stack.up();
      const { ids } = stack;
      declare("after", "old");
      run.forget();
      await stack.up();
      done(ids);
      declare("after", "new");
      await stack.up({ refresh: true });
      done();
    },
  },
  {
    rows: [[30, "`existing.key` corrected"]],
    story: async (run, done) => {
      const { id, key } = run.emulator.account.addApiKey({ service: "dns", description: "by hand" });
      const declare = (given: string): void =>
        run.stack.declare("key", ServiceKey, { service: "dns", existing: { id, key: given } });
      // Behind the right prefix.
      declare(`${key.slice(0, -3)}xyz`);
      await run.stack.up();
      declare(key);
      run.forget();
      await run.stack.up();
      done(id, key);
    },
  },
  {
    rows: [...gone.map(([what]) => [31, `delete: ${what}`] as const), [31, "delete: 404, really gone"]],
    story: async (run, done) => {
      const { stack, emulator } = run;
      declareAll(stack);
      await stack.up();
      const { ids } = stack;
      for (const [, fault] of gone) {
        emulator.faults.add({ ...fault, method: "DELETE", times: "always" });
        run.forget();
        await stack.destroy();
        done(ids);
        emulator.faults.clear();
      }
      for (const id of ids) emulator.account.remove(id);
      run.forget();
      await stack.destroy();
      done();
    },
  },
]);
