// Rows 14 and 15: `pulumi` killed or interrupted in the middle of a creation, a deletion, a replacement; and the README's recovery, step by step.
import { readFileSync } from "node:fs";

import { API_KEYS, type EngineStack, liveIds, type OpenStack } from "../support/engine";
import { publicKey, SSH_KEYS } from "../support/engine";
import { engineRows } from "../support/engine-rows";
import { until } from "../support/until";

const both = (trigger: string): string =>
  `
  new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: { quarter: "${trigger}" } });
  new wayscloud.SshKey("deploy", { publicKey: "${publicKey("deploy")}" });`;

const start = (stack: EngineStack, command: "up" | "destroy") =>
  stack.spawn([command, "--yes", "--skip-preview"]);

/** Once this holds, kills the command line tool, and then the plugins that it leaves behind, before the answer can reach them. */
async function killed(stack: EngineStack, command: "up" | "destroy", when: () => boolean): Promise<void> {
  const running = start(stack, command);
  await until(when);
  running.signal("SIGKILL");
  for (const pid of stack.leftovers().filter((each) => each !== running.pid)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await running.done;
  // The killed tool leaves its lock at the backend that is a folder; the engine's own error says to do this.
  await stack.run(["cancel", "--yes"]);
}

interface Pending {
  type: string;
  resource: { urn: string; inputs: Record<string, string> };
}

async function pendingOf(stack: EngineStack): Promise<Pending[]> {
  return ((await stack.exportState()).deployment.pending_operations ?? []) as Pending[];
}

/** What docs/troubleshooting.md says, step by step; the quotes make sure that it still says so. */
async function recover({ emulator, stack }: OpenStack): Promise<void> {
  const page = readFileSync("docs/troubleshooting.md", "utf8");
  const section = /## After `pulumi` was killed\n(.*?)\n## /s.exec(page)?.[1] ?? "";
  expect(section).toMatch(/1\. `pulumi stack export` shows the pending operation/);
  for (const { resource } of await pendingOf(stack)) {
    expect(section).toMatch(/2\. Look for that description in the account's key list/);
    const { description, name } = resource.inputs;
    const key = emulator.account.liveApiKeys().find((each) => each.description === description);
    const ssh = emulator.account.sshKeys().find((each) => each.name === name);
    emulator.account.remove((key ?? ssh)!.id);
  }
  expect(section).toContain("3. Run `pulumi refresh --clear-pending-creates --yes`, then `pulumi up`.");
  await stack.run(["refresh", "--clear-pending-creates", "--yes", "--skip-preview"]);
  await stack.up();
}

async function expectStateIsAccount({ emulator, stack }: OpenStack): Promise<void> {
  expect(await stack.heldIds()).toEqual(liveIds(emulator));
  expect(await pendingOf(stack)).toEqual([]);
}

engineRows(
  __filename,
  "Signals, under the engine",
  {
    recovered: expectStateIsAccount,
    finished: expectStateIsAccount,
    "finished and kept": expectStateIsAccount,
  },
  [
    {
      promise:
        "killed after the server created: the documented recovery, by the marks it shows, leaves one of each",
      rows: [
        [14, "SIGKILL after the server created; the recovery"],
        [14, "SIGKILL during the creation of a replacement; the recovery"],
      ],
      program: both("Q1"),
      story: async (run, row) => {
        const { emulator, stack } = run;
        emulator.faults.add({ method: "POST", times: 2, delay: 120_000 });
        await killed(stack, "up", () => liveIds(emulator).length === 2);
        const pending = await pendingOf(stack);
        expect(pending.map(({ type }) => type)).toEqual(["creating", "creating"]);
        // The description of the key that nobody knows, and the name: exactly as the account has them.
        const shown = pending.flatMap(({ resource: { inputs } }) => [inputs["description"], inputs["name"]]);
        expect(shown).toContain(emulator.account.liveApiKeys()[0]!.description);
        expect(shown).toContain(emulator.account.sshKeys()[0]!.name);
        await recover(run);
        await row();

        // Killed in a create-first replacement, while the new key is created: the old one is still in the state and lives.
        const old = (await stack.resource("db")).id!;
        stack.setProgram(both("Q2"));
        emulator.faults.add({ method: "POST", path: `${API_KEYS}/service`, delay: 120_000 });
        await killed(stack, "up", () => liveIds(emulator).length === 3);
        expect((await stack.resource("db")).id).toBe(old);
        await recover(run);
        expect((await stack.resource("db")).id).not.toBe(old);
        await row();
      },
    },
    {
      promise:
        "killed between create and delete of a replacement, or during a delete: the next command finishes it",
      rows: [
        [14, "SIGKILL between create and delete of a replacement; `up`"],
        [14, "SIGKILL during a delete; `destroy`"],
      ],
      program: both("Q1"),
      story: async ({ emulator, stack }, row) => {
        const deletions = (): number => emulator.requests.filter(({ method }) => method === "DELETE").length;
        await stack.up();
        stack.setProgram(both("Q2"));
        emulator.faults.add({ method: "DELETE", path: `${API_KEYS}/*`, hang: true });
        await killed(stack, "up", () => deletions() === 1);
        expect(liveIds(emulator)).toHaveLength(3);
        await stack.up();
        await row();

        // The server did delete; the answer never came.
        emulator.faults.add({ method: "DELETE", times: 2, hang: true, commit: true });
        await killed(stack, "destroy", () => deletions() === 2);
        await stack.destroy();
        await row();
      },
    },
    {
      promise:
        "the provider killed during a creation, of which the engine keeps no record: the documented audit names the key",
      rows: [[14, "SIGKILL of the provider during a creation; `audit`, `revoke`, `up`"]],
      program: both("Q1"),
      story: async ({ emulator, stack }, row) => {
        emulator.faults.add({ method: "POST", path: `${API_KEYS}/service`, delay: 120_000 });
        const running = start(stack, "up");
        await running.waitFor("SshKey deploy created");
        await until(() => liveIds(emulator).length === 2);
        const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "utf8");
        for (const pid of stack.leftovers().filter((each) => commandOf(each).includes("dynamic-provider")))
          process.kill(pid, "SIGKILL");
        expect((await running.done).all).toContain("error reading from server: EOF");
        expect(await pendingOf(stack)).toEqual([]);
        const [lost] = emulator.account.liveApiKeys();
        const page = readFileSync("docs/troubleshooting.md", "utf8");
        const section = /### After the provider process was killed\n(.*?)\n##/s.exec(page)?.[1] ?? "";
        const [, audit = ""] = /```sh\n(.*?)```/s.exec(section) ?? [];
        const { stdout } = await stack.paste(audit);
        const [, revoke = ""] = /run `(pulumi-wayscloud revoke [\w-]+)`/.exec(stdout) ?? [];
        expect(revoke).toContain(lost!.id);
        await stack.paste(`npx --no -- ${revoke} --yes`);
        await stack.up();
        await row();
      },
    },
    {
      promise: "one SIGINT during a creation, as Ctrl-C sends it: it is finished and kept, without an orphan",
      rows: [
        [15, "one SIGINT during a creation"],
        [15, "one SIGINT during a creation whose response is lost"],
      ],
      program: both("Q1"),
      story: async (run, row) => {
        const { emulator, stack } = run;
        const slowSshKey = { method: "POST", path: SSH_KEYS, delay: 4_000 } as const;
        const slowKey = { method: "POST", path: `${API_KEYS}/service` } as const;
        /** Interrupts an `up` once both creations have arrived. */
        const interrupt = async (): Promise<void> => {
          const running = start(stack, "up");
          await until(() => emulator.requests.filter(({ method }) => method === "POST").length === 2);
          running.signal("SIGINT", { group: true });
          expect((await running.done).ms).toBeLessThan(120_000);
        };
        emulator.faults.add(slowSshKey, { ...slowKey, delay: 4_000 });
        await interrupt();
        await expectStateIsAccount(run);
        await stack.up();
        await row();

        // And when the response is lost as well, the reconciliation is carried through.
        await stack.destroy();
        emulator.requests.length = 0;
        emulator.faults.add(slowSshKey, { ...slowKey, status: 502, commitAfter: 4_000 });
        await interrupt();
        await row();
      },
    },
  ],
);
