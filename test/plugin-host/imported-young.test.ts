// A key that was imported a moment ago: a list that lags proves no absence.
import { emulator, host, nextCommand, urnOf } from "../support/plugin-host";
import { publicKey } from "../support/public-key";
import "../support/short-pauses.cjs";

/** The first list does not show a key that was made a moment ago. */
function firstListLags(): void {
  let lists = 0;
  emulator.transform = ({ method, body }) =>
    method === "GET" && Array.isArray(body) && (lists += 1) === 1 ? { body: [] } : undefined;
}

const KINDS = [
  [
    "service key",
    urnOf("ServiceKey"),
    () => emulator.account.addApiKey({ service: "dns", description: "by hand" }).id,
  ],
  [
    "SSH key",
    urnOf("SshKey"),
    () => emulator.account.addSshKey({ name: "by hand", publicKey: publicKey(1) }).id,
  ],
] as const;

describe.each(KINDS)("a %s that was made and imported a moment ago", (_what, urn, make) => {
  test("and the first list of a refresh lags: it is kept", async () => {
    const found = await host.read(urn, make());
    await nextCommand();
    firstListLags();
    expect((await host.read(urn, found.id, found.outputs, found.inputs)).id).toBe(found.id);
  });

  test("its deletion is answered 404, and the first list lags: an error, and it stays in the state", async () => {
    const found = await host.read(urn, make());
    await nextCommand();
    emulator.faults.add({ method: "DELETE", status: 404, times: "always" });
    firstListLags();
    await expect(host.delete(urn, found.id, found.outputs)).rejects.toThrow("still shows it");
  });
});
