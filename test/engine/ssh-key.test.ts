// SshKey: what is the same key, what is refused, what a change costs and in which order.
import { type OpenStack, openStack, publicKey, SSH_KEYS, takeRequests } from "../support/engine";

const one = publicKey(1);
const two = publicKey(2);

function sshKey(args: Record<string, unknown>, name = "deploy"): string {
  return `new wayscloud.SshKey("${name}", ${JSON.stringify(args)});`;
}

/** Changes the program, runs `up` and tells which requests it made, each id replaced by what it was the id of. */
async function change(both: OpenStack, text: string): Promise<string[]> {
  const before = (await both.stack.resource("deploy")).id!;
  takeRequests(both.emulator);
  both.stack.setProgram(text);
  await both.stack.up();
  const after = (await both.stack.resource("deploy")).id!;
  return takeRequests(both.emulator).map((line) => line.replace(before, "OLD").replace(after, "NEW"));
}

const add = `POST ${SSH_KEYS}`;
const removeOld = `DELETE ${SSH_KEYS}/OLD`;

test("all that is wrong with a key is said at preview, each by its property, before any request", async () => {
  const { emulator, stack } = await openStack({
    program: sshKey({ publicKey: `${one}\n${two}`, name: " ", adoptExisting: "yes", publickey: one }),
  });
  const { all } = await stack.preview([], { fails: true });
  expect(all).toContain("4 errors");
  expect(all).toContain("resource 'deploy' has a problem: `publicKey` was rejected: it has several lines");
  expect(all).toMatch(/property name value \{ ?\} has a problem: `name` must not be empty/);
  expect(all).toMatch(
    /property adoptExisting value \{yes\} has a problem: `adoptExisting` must be true or false/,
  );
  expect(all).toContain("resource 'deploy' has a problem: unknown input `publickey`; did you mean");
  expect(takeRequests(emulator)).toEqual([]);
});

test("a private key pasted by mistake is refused and never printed, whichever way it came", async () => {
  const body = `b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDjKqp5Fc65tEnRu`;
  const secret = `\n-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const { emulator, stack } = await openStack({ secretConfig: { "test:key": secret } });
  stack.writeFile("key.json", JSON.stringify(secret));
  stack.writeFile("id_ed25519", secret);
  const refused = "resource 'deploy' has a problem: `publicKey` was rejected: this is a private key";
  const bytes =
    "resource 'deploy' has a problem: `publicKey` must be a string, not a Buffer: read the file with `readFileSync(path, \"utf8\")`";
  const ways: [source: string, said: string][] = [
    [`require("./key.json")`, 'Error: SshKey "deploy": `publicKey` was given a private key'],
    [`pulumi.output(require("./key.json"))`, refused],
    [`new pulumi.Config().requireSecret("key")`, refused],
    [`require("fs").readFileSync("id_ed25519")`, bytes],
  ];
  for (const [source, said] of ways) {
    stack.setProgram(`new wayscloud.SshKey("deploy", { publicKey: ${source} });`);
    const { all } = await stack.up([], { fails: true });
    expect(all).toContain(said);
    // Bytes are printed as numbers: these are those of "-----".
    expect(all).not.toMatch(/\b45\b.*\b45\b.*\b45\b/s);
  }
  expect(takeRequests(emulator)).toEqual([]);
  stack.assertNoSecrets([body, body.slice(0, 60), body.slice(40)]);
});

test("an explicit name: a change deletes the old key first; an automatic name: the new key comes first", async () => {
  const both = await openStack({ program: sshKey({ publicKey: one, name: "first" }) });
  const { emulator, stack } = both;
  await stack.up();
  expect(await change(both, sshKey({ publicKey: one, name: "second" }))).toEqual([removeOld, add]);
  expect(await change(both, sshKey({ publicKey: two, name: "second" }))).toEqual([removeOld, add]);
  // Both change: nothing is in the way.
  expect(await change(both, sshKey({ publicKey: one, name: "third" }))).toEqual([add, removeOld]);
  // The explicit name goes: the key stays, so the old one has to go first.
  expect(await change(both, sshKey({ publicKey: one }))).toEqual([removeOld, add]);
  const made = (await stack.resource("deploy")).outputs?.name;
  expect(made).toMatch(/^deploy-[0-9a-f]{7}$/);
  expect(await change(both, sshKey({ publicKey: two }))).toEqual([add, removeOld]);
  const next = (await stack.resource("deploy")).outputs?.name;
  expect(next).toMatch(/^deploy-[0-9a-f]{7}$/);
  expect(next).not.toBe(made);
  // Taken over or not is decided at creation.
  expect(await change(both, sshKey({ publicKey: two, adoptExisting: true }))).toEqual([]);
  expect(await change(both, sshKey({ publicKey: two, adoptExisting: false, name: next }))).toEqual([]);
  await stack.preview(["--expect-no-changes"]);
  expect(emulator.account.sshKeys().map(({ name, publicKey: key }) => [name, key])).toEqual([[next, two]]);
});

test("a key or a name that the account has already is refused, naming who has it", async () => {
  const { emulator, stack } = await openStack({
    program: sshKey({ publicKey: one, name: "mine" }),
  });
  const sameKey = emulator.account.addSshKey({ name: "theirs", publicKey: one });
  const taken = await stack.up([], { fails: true });
  expect(taken.all).toContain(`already has this public key as "theirs" (id ${sameKey.id})`);
  expect(taken.all).toContain("Set `adoptExisting: true` to adopt it, or delete it");
  stack.setProgram(sshKey({ publicKey: one, name: "mine", adoptExisting: true }));
  expect((await stack.up([], { fails: true })).all).toContain(
    `already has this public key as "theirs" (id ${sameKey.id}), and the API cannot rename it`,
  );
  stack.setProgram(sshKey({ publicKey: one, name: "mine" }));
  emulator.account.remove(sameKey.id);

  const sameName = emulator.account.addSshKey({ name: "mine", publicKey: two });
  const named = await stack.up([], { fails: true });
  expect(named.all).toContain(`The name is taken by "mine" (id ${sameName.id}). Choose another`);
  expect(emulator.account.sshKeys()).toEqual([sameName]);
  expect(await stack.resources()).toEqual([]);

  // Twice in one program: the preview says so. With names of the program's own, the update does: row 12 in faults.test.ts.
  const twice = ["left", "right"].map(
    (name) => `new wayscloud.SshKey("${name}", { publicKey: "${one} ${name}" });`,
  );
  stack.setProgram(twice.join("\n"));
  const preview = await stack.preview([], { fails: true });
  expect(preview.all).toMatch(
    /resource '(left|right)' has a problem: `publicKey` is the same key as that of "(left|right)"\. .*Remove one of the two/,
  );
});
