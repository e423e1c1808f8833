// An emulated account for one measurement, and how fast the emulator is by itself.
import { fork } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";

/** Starts an emulator in a process of its own, with a request by id (which the API lacks) if `byId`. `take()` answers what happened since the last call. */
export async function openAccount(install, options = {}, byId = false) {
  const child = fork(fileURLToPath(new URL("emulator.mjs", import.meta.url)), [
    install,
    JSON.stringify({ options, byId }),
  ]);
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`the emulator ended with ${code}`));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message);
      });
    });
  const { url, apiKey } = await answer();
  return {
    url,
    apiKey,
    env: { WAYSCLOUD_ENDPOINT: url, WAYSCLOUD_API_KEY: apiKey },
    take() {
      const taken = answer();
      child.send("take");
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.disconnect();
      }),
  };
}

/** The emulator alone: requests a second over 16 connections, with `count` keys in the account. */
export async function measureEmulator(install, keys) {
  const account = await openAccount(install);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ids = [];
  const call = (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        "x-api-key": account.apiKey,
        ...(body ? { "content-type": "application/json" } : {}),
      };
      const sent = request(account.url + path, { method, agent, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks).toString()));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const timed = async (works) => {
    const started = performance.now();
    const queue = [...works];
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let work = queue.pop(); work; work = queue.pop()) await work();
      }),
    );
    return Math.round(works.length / ((performance.now() - started) / 1000));
  };
  const path = "/v1/account/ssh-keys";
  const create = ({ name, publicKey }) =>
    call("POST", path, JSON.stringify({ name, public_key: publicKey })).then((text) =>
      ids.push(JSON.parse(text).id),
    );
  try {
    const postsPerSecond = await timed(keys.map((key) => () => create(key)));
    let listBytes = 0;
    const list = () => call("GET", path).then((text) => (listBytes = text.length));
    const listsPerSecond = await timed(Array.from({ length: 100 }, () => list));
    const deletesPerSecond = await timed(ids.map((id) => () => call("DELETE", `${path}/${id}`)));
    return { keys: keys.length, postsPerSecond, listsPerSecond, listBytes, deletesPerSecond };
  } finally {
    agent.destroy();
    await account.close();
  }
}
