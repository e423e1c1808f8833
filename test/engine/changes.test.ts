// What a change of one resource costs and in which order, and which keys of the account are in its way.
import { API_KEYS, type OpenStack, openStack, publicKey, SSH_KEYS } from "../support/engine";

const serviceKey = (args: object): string => `new wayscloud.ServiceKey("app", ${JSON.stringify(args)});`;
const sshKey = (args: object): string => `new wayscloud.SshKey("deploy", ${JSON.stringify(args)});`;
const [one, two] = [publicKey(1), publicKey(2)];

/** Changes the program of one resource, runs `up`, and tells what it asked of the account. */
async function change({ stack }: OpenStack, body: string): Promise<string[]> {
  const [before] = await stack.resources();
  const { requests } = await stack.setProgram(body).up();
  return requests.map((line) => line.replace(before?.id ?? "none", "OLD"));
}

test("a service key is replaced, new one first, by another service, description or trigger, and by nothing else", async () => {
  const both = await openStack();
  const { emulator, stack } = both;
  const post = `POST ${API_KEYS}/service`;
  const replaced = [post, `DELETE ${API_KEYS}/OLD`];
  expect(await change(both, serviceKey({ service: "database" }))).toEqual([post]);
  expect(await change(both, serviceKey({ service: "dns" }))).toEqual(replaced);
  const text = { service: "dns", description: `Kafé 鍵 🔑 "\${hex(7)}" #1234567` };
  expect(await change(both, serviceKey(text))).toEqual(replaced);
  const triggers = { ...text, rotationTriggers: { quarter: "Q3", who: "me" } };
  expect(await change(both, serviceKey(triggers))).toEqual(replaced);
  // The order of triggers and recreateIfInvalid mean nothing to the key.
  const again = { ...text, rotationTriggers: { who: "me", quarter: "Q3" }, recreateIfInvalid: false };
  expect(await change(both, serviceKey(again))).toEqual([]);
  expect(await change(both, serviceKey({ ...text, rotationTriggers: { quarter: "Q4" } }))).toEqual(replaced);
  const live = emulator.account.liveApiKeys();
  expect(live).toEqual([expect.objectContaining(text)]);
  const { outputs } = await stack.resource("app", { showSecrets: true });
  expect(JSON.parse(outputs?.key.plaintext as string)).toBe(live[0]?.key);
  expect(outputs).toMatchObject({ ...text, keyPrefix: live[0]?.keyPrefix });
});

test("an explicit name: a change deletes the old key first; an automatic name: the new key comes first", async () => {
  const both = await openStack({ program: sshKey({ publicKey: one, name: "first" }) });
  const { emulator, stack } = both;
  await stack.up();
  const [add, removeOld] = [`POST ${SSH_KEYS}`, `DELETE ${SSH_KEYS}/OLD`];
  expect(await change(both, sshKey({ publicKey: one, name: "second" }))).toEqual([removeOld, add]);
  expect(await change(both, sshKey({ publicKey: two, name: "second" }))).toEqual([removeOld, add]);
  // Both change: nothing is in the way.
  expect(await change(both, sshKey({ publicKey: one, name: "third" }))).toEqual([add, removeOld]);
  // The explicit name goes: the key stays, so the old one has to go first.
  expect(await change(both, sshKey({ publicKey: one }))).toEqual([removeOld, add]);
  const made = (await stack.resource("deploy")).outputs?.name;
  expect(await change(both, sshKey({ publicKey: two }))).toEqual([add, removeOld]);
  const next = (await stack.resource("deploy")).outputs?.name;
  for (const name of [made, next]) expect(name).toMatch(/^deploy-[0-9a-f]{7}$/);
  expect(next).not.toBe(made);
  // Taken over or not is decided at creation.
  expect(await change(both, sshKey({ publicKey: two, adoptExisting: true }))).toEqual([]);
  expect(await change(both, sshKey({ publicKey: two, adoptExisting: false, name: next }))).toEqual([]);
  await stack.preview(["--expect-no-changes"]);
  expect(emulator.account.sshKeys()).toEqual([expect.objectContaining({ name: next, publicKey: two })]);
});

test("a key or a name that the account has already is refused, naming who has it", async () => {
  const { emulator, stack } = await openStack();
  const refused = async (args: object): Promise<string> =>
    (await stack.setProgram(sshKey(args)).up([], { fails: true })).all;
  const wanted = { publicKey: one, name: "mine" };
  const sameKey = emulator.account.addSshKey({ name: "theirs", publicKey: one });
  const has = `already has this public key as "theirs" (id ${sameKey.id})`;
  const taken = await refused(wanted);
  expect(taken).toContain(has);
  expect(taken).toContain("Set `adoptExisting: true` to adopt it, or delete it");
  expect(await refused({ ...wanted, adoptExisting: true })).toContain(`${has}, and the API cannot rename it`);
  emulator.account.remove(sameKey.id);

  const sameName = emulator.account.addSshKey({ name: "mine", publicKey: two });
  expect(await refused(wanted)).toContain(`The name is taken by "mine" (id ${sameName.id}). Choose another`);
  expect(emulator.account.sshKeys()).toEqual([sameName]);
  expect(await stack.resources()).toEqual([]);

  // Twice in one program: the preview says so. With names of the program's own, the update does: row 12 in faults.test.ts.
  const twice = `new wayscloud.SshKey("left", { publicKey: "${one} left" }); new wayscloud.SshKey("right", { publicKey: "${one} right" });`;
  expect(await stack.refusal(twice)).toMatch(
    /resource '(left|right)' has a problem: `publicKey` is the same key as that of "(left|right)"\. .*Remove one of the two/,
  );
});
