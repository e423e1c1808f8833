// The account stack and the vendor's SDK together: `pulumi up` makes the keys, the SDK makes a server with them.
import { openStack, publicKey } from "../support/engine";
import { VendorClients } from "./clients";

test("a service key and SSH keys made by `pulumi up` let the SDK create a server, and vmCount follows", async () => {
  const { emulator, stack } = await openStack({
    program: `
  const keys = ${JSON.stringify([publicKey("anna"), publicKey("bjarne")])}.map(
    (publicKey, at) => new wayscloud.SshKey("key-" + at, { publicKey }));
  const vps = new wayscloud.ServiceKey("vps", { service: "vps" });
  return {
    publicKeys: keys.map((key) => key.publicKey), vmCounts: keys.map((key) => key.vmCount), apiKey: vps.key
  };`,
  });
  await stack.up();
  const outputs = await stack.outputs({ showSecrets: true });
  const clients = new VendorClients({
    WAYSCLOUD_API_URL: emulator.url,
    WAYSCLOUD_API_KEY: outputs["apiKey"],
  });
  try {
    const server = {
      hostname: "web",
      plan: "NO-Start-Linux-2cpu-4096mb-30gb",
      region: "NO",
      os_template: "debian-12",
    };
    const made = await clients.sdk("vps.create", { ...server, ssh_keys: outputs["publicKeys"] });
    expect(made.json).toMatchObject({ hostname: "web", status: "provisioning" });
    const [vps] = emulator.account.vps();
    const fingerprints = emulator.account.sshKeys().map(({ fingerprint }) => fingerprint);
    expect([...vps!.fingerprints].sort()).toEqual(fingerprints.sort());

    await stack.refresh();
    await stack.up();
    expect((await stack.outputs())["vmCounts"]).toEqual([1, 1]);

    await clients.sdk("vps.delete", { vps_id: made.json.id });
    await stack.destroy();
    const refused = await clients.sdk("vps.list");
    expect([refused.code, refused.json.error]).toEqual([1, "AuthenticationError"]);
  } finally {
    clients.remove();
  }
});
