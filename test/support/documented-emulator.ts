// An emulator that a command of the documents starts, at a port of its own.
import { join } from "node:path";

import type { Command } from "./command";
import type { EngineStack } from "./engine";
import { userInstall } from "./install";

let running: Command | undefined;
afterEach(async () => {
  running?.signal("SIGTERM");
  await running?.done;
});

/** Starts it, and lets the environment of the stack name it; it ends with the test. Answers how to read a list, and what it has printed. */
export async function startDocumented(stack: EngineStack, command: string) {
  const [, program = "", ...args] = command.replace("8787", "0").trim().split(" ");
  const emulator = (running = stack.exec(join(userInstall(), "node_modules/.bin", program), args));
  await emulator.waitFor(/PAT_TOKEN=\S+/);
  const [url = "", apiKey = ""] = ["ENDPOINT", "PAT_TOKEN"].map(
    (name) => new RegExp(`WAYSCLOUD_${name}=(\\S+)`).exec(emulator.stdout)![1]!,
  );
  Object.assign(stack.env, { WAYSCLOUD_ENDPOINT: url, WAYSCLOUD_PAT_TOKEN: apiKey });
  return {
    printed: () => emulator.stdout,
    list: async (kind: "api-keys" | "ssh-keys"): Promise<{ id: string; is_active?: boolean }[]> => {
      const answer = await fetch(`${url}/v1/account/${kind}`, { headers: { "X-API-Key": apiKey } });
      return (await answer.json()) as [];
    },
  };
}
