// A wait that a user would wonder about is explained in the terminal while it lasts, in the words of docs/options.md.
import { ObservedTable } from "../support/observed-table";
import { API_KEYS, openStack, publicKey, SSH_KEYS } from "../support/engine";

const table = new ObservedTable("docs/options.md", "Waits");
afterAll(() => table.compare());

const program = `
  new wayscloud.ServiceKey("key", { service: "dns" });
  new wayscloud.SshKey("ssh", { publicKey: "${publicKey(1)}" });
`;

/** What the document quotes, where … is any name. */
const quoted = (row: string): string => table.tried(row)[0]!.slice(1, -1);
const withoutNames = (text: string): string => text.replace(/"[^"]+"/g, '"…"');

test("a rate limit is told while the run waits for it", async () => {
  const { emulator, stack } = await openStack({ program: program.replace(/.*SshKey.*/, "") });
  const headers = { "Retry-After": "6" };
  emulator.faults.add({ method: "POST", path: `${API_KEYS}/service`, status: 429, headers });
  const up = stack.spawn(["up", "--yes", "--skip-preview"]);
  const line = /Creating the service key "[^"]+ #[0-9a-f]{7}": rate limited \(429\), retrying in [67] s\./;
  await up.waitFor(line);
  // The line came before the wait was over: nothing else has been tried meanwhile.
  expect(emulator.requests).toHaveLength(1);
  const { code, all } = await up.done;
  expect(code).toBe(0);
  expect(emulator.requests.map(({ status }) => status)).toEqual([429, 201]);
  expect(withoutNames(line.exec(all)![0]).replace("7 s", "6 s")).toBe(quoted("429 with `Retry-After: 6`"));
});

test("a lost response is reported, and what was done about it", async () => {
  const { emulator, stack } = await openStack({ program });
  for (const path of [`${API_KEYS}/service`, SSH_KEYS])
    emulator.faults.add({ method: "POST", path, reset: true, commit: true });
  const { all } = await stack.up();
  const quote = quoted("the response to a create request is lost");
  expect(withoutNames(all)).toContain(quote);
  expect(withoutNames(all)).toContain(quote.replace("service", "SSH"));
  expect([emulator.account.liveApiKeys().length, emulator.account.sshKeys().length]).toEqual([1, 1]);
});
