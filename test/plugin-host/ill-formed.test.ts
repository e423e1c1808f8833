// Text that gRPC cannot carry: every call is answered, whatever the API or the user writes, so no other call's key is lost.
import { status } from "@grpc/grpc-js";

import * as failure from "../../src/hosts/plugin/failure";
import { emulator, failureOf, host, urnOf } from "../support/plugin-host";
import { secret } from "../support/provider-client";
import { publicKey } from "../support/public-key";

const messageOf = async (call: Promise<unknown>): Promise<string> => (await failureOf(call)).message;
const reject = (detail: string) =>
  emulator.faults.add({ method: "POST", status: 400, body: JSON.stringify({ detail }) });

test("a secret with an emoji in any place is echoed in a well-formed message", async () => {
  for (const length of [57, 58, 59, 60]) {
    const description = `${"a ".repeat(40).slice(0, length)}🎉 ${"and so on ".repeat(30)}`;
    reject(`description is too long: ${description}`);
    const message = await messageOf(
      host.up(urnOf("ServiceKey"), { service: "dns", description: secret(description) }),
    );
    expect(message).toMatch(/answered 400.*\[redacted\]/);
    expect(message.isWellFormed()).toBe(true);
  }
});

test("an unknown filter is named in a well-formed message, wherever its name is cut", async () => {
  for (const length of [58, 59, 60]) {
    const message = await messageOf(host.invoke("getSshKey", { [`${"x".repeat(length)}🎉🎉`]: 1 }));
    expect(message).toMatch(/getSshKey: unknown/);
    expect(message.isWellFormed()).toBe(true);
  }
});

test("an answer that cannot be sent fails its own call and no other", async () => {
  jest.spyOn(failure, "statusOf").mockReturnValueOnce({ code: status.UNKNOWN, details: "\ud83c" });
  reject("refused");
  expect(await messageOf(host.up(urnOf("SshKey"), { publicKey: publicKey(1) }))).toBe(
    "The response could not be sent.",
  );
  expect(await host.up(urnOf("SshKey"), { publicKey: publicKey(1) })).toHaveProperty("id");
});
