// A wait that a user would wonder about is explained in the terminal while it lasts.
import { ObservedTable } from "../support/observed-table";
import { API_KEYS, openStack, publicKey, SSH_KEYS } from "../support/engine";

const table = new ObservedTable("docs/options.md", "Waits");
afterAll(() => table.compare());

const oneKey = `new wayscloud.ServiceKey("key", { service: "dns" });`;

test("a rate limit is told while the run waits for it", async () => {
  const { emulator, stack } = await openStack({ program: oneKey });
  emulator.faults.add({
    method: "POST",
    path: `${API_KEYS}/service`,
    status: 429,
    headers: { "Retry-After": "6" },
  });
  const up = stack.spawn(["up", "--yes", "--skip-preview"]);
  const line = /Creating the service key "[^"]+ #[0-9a-f]{7}": rate limited \(429\), retrying in [67] s\./;
  await up.waitFor(line);
  // The line came before the wait was over: nothing else has been tried meanwhile.
  expect(emulator.requests).toHaveLength(1);
  const { code, all } = await up.done;
  expect(code).toBe(0);
  expect(emulator.requests.map(({ status }) => status)).toEqual([429, 201]);
  const shown = line
    .exec(all)?.[0]
    .replaceAll(/pulumi test\/dev\/key #[0-9a-f]{7}/g, "…")
    .replace(/in \d/, "in 6");
  table.note("429 with `Retry-After: 6`", `\`${shown}\``);
});

test("a lost response is reported, and what was done about it", async () => {
  const { emulator, stack } = await openStack({
    program: `
      new wayscloud.ServiceKey("key", { service: "dns" });
      new wayscloud.SshKey("ssh", { publicKey: "${publicKey(1)}" });
    `,
  });
  emulator.faults.add({ method: "POST", path: `${API_KEYS}/service`, reset: true, commit: true });
  emulator.faults.add({ method: "POST", path: SSH_KEYS, reset: true, commit: true });
  const { all } = await stack.up();
  for (const what of ["The service key", "The SSH key"]) {
    const line = new RegExp(
      `${what} "[^"]+": the response to the create request was lost; checking whether it was created\\.`,
    );
    expect(all).toMatch(line);
  }
  expect(emulator.account.liveApiKeys()).toHaveLength(1);
  expect(emulator.account.sshKeys()).toHaveLength(1);
  table.note(
    "the response to a create request is lost",
    '`The service key "…": the response to the create request was lost; checking whether it was created.`',
  );
});
