// Rows 25 and 32 to 35: configurations, proxies, certificates and accounts that are not what they should be, and states that are old.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { KIND_NAMES, KINDS, oneOfEach, recorded } from "../../support/canaries";
import { newAuthority } from "../../support/certificate";
import { type CallRow, type CallRun, callRows, failed } from "../../support/fault-rows";
import { startHttpsServer } from "../../support/https-server";
import { startProxy } from "../../support/proxy";
import { seed } from "../../support/recorded-states";

/** The only credential that the requests bore. */
const usedCredentials = ({ emulator }: CallRun): unknown[] => [
  ...new Set(emulator.requests.map(({ credentialId }) => credentialId)),
];

const BLANK = /wayscloud(-account)?:apiKey is blank/;
const checks = {
  "created, all configured": (run: CallRun) => {
    expect(run.messages).toEqual(Array(8).fill("succeeded"));
    expect(usedCredentials(run)).toEqual([run.emulator.account.apiKeys()[0]!.id]);
  },
  "error: it is blank": failed(BLANK),
  "error: it contains whitespace": failed(/contains whitespace/),
  "error naming where it came from": failed(/401.*The credential came from .*wayscloud(-account)?:apiKey/),
  "no change, the key kept": (run: CallRun) => expect(run.messages).toEqual(["succeeded", "succeeded"]),
  "the new one used": (run: CallRun) => {
    expect(run.messages).toEqual(Array(6).fill("succeeded"));
    expect(usedCredentials(run)).toEqual([run.emulator.account.liveApiKeys()[0]!.id]);
  },
  "refresh and destroy fail": failed(/got no response from|proxy refused the connection with status \d+/),
  "error: the certificate was rejected": failed(/was rejected/),
  "refresh, destroy and up fail": failed(/belongs to the account .* expects another-customer/),
};

const CANARY = "wayscloud_pat_canary";
/** Creates one of each kind in a process with this credential. */
const createEach =
  (apiKey: string) =>
  async (run: CallRun): Promise<void> => {
    const provider = await run.process({ "wayscloud:apiKey": apiKey });
    for (const kind of KIND_NAMES) await run.end(provider.resource(kind).create(KINDS[kind].inputs));
    expect([...run.messages, provider.stderr()].join()).not.toContain("canary");
  };

async function olderRelease(run: CallRun): Promise<void> {
  for (const kind of KIND_NAMES) {
    const { id, program = {}, inputs: old, outputs } = recorded(kind);
    const methods = await run.methods(kind);
    const { inputs, failures } = await methods.check(old, program);
    expect(failures).toEqual([]);
    expect(await methods.diff(id, outputs, inputs)).toMatchObject({ changes: false, replaces: [] });
  }
  expect(run.emulator.requests).toEqual([]);
  const held = ["serviceKey", "personalAccessToken"] as const;
  for (const kind of held) seed(run.emulator, recorded(kind));
  for (const kind of held) {
    const { id, outputs } = recorded(kind);
    const { value } = await run.end((await run.methods(kind)).read(id, outputs));
    expect(value?.outputs).toMatchObject(outputs);
  }
}

/** The environment has a good credential, which must not take the place of a blank one. */
const blank =
  (apiKey: string) =>
  async (run: CallRun): Promise<void> => {
    const good = run.emulator.apiKey;
    const env = { WAYSCLOUD_PAT_TOKEN: good, WAYSCLOUD_API_KEY: good };
    const provider = await run.process({ "wayscloud:apiKey": apiKey }, { env });
    for (const kind of KIND_NAMES) {
      const { failures } = await provider.resource(kind).check({}, KINDS[kind].inputs);
      expect(failures).toEqual([{ property: "", reason: expect.stringMatching(BLANK) }]);
      await run.end(provider.resource(kind).create(KINDS[kind].inputs));
    }
  };

const connects: [status: number, body: string][] = [
  [200, "[]"],
  [203, "[]"],
  [204, ""],
  [301, ""],
  [404, '{"detail":"Not found"}'],
  [407, "[]"],
  [502, "[]"],
];

const behindProxy =
  (status: number, body: string) =>
  async (run: CallRun): Promise<void> => {
    const { id, outputs } = oneOfEach(run.watched).get("sshKey")!;
    const proxy = await startProxy({ status, body });
    try {
      const config = { "wayscloud:endpoint": "https://api.example.invalid" };
      const methods = (await run.process(config, { env: { HTTPS_PROXY: proxy.url } })).resource("sshKey");
      run.forget();
      await run.end(methods.read(id, outputs));
      await run.end(methods.delete(id, outputs));
      const said = status === 200 ? "got no response from" : `connection with status ${status}`;
      for (const message of run.messages) expect(message).toContain(said);
      expect(proxy.seen()).not.toMatch(/x-api-key|\/v1\/account/i);
    } finally {
      await proxy.close();
    }
  };

const certificates: [string, names: string[], (authority: string) => Record<string, string>][] = [
  ["an untrusted certificate", ["127.0.0.1"], () => ({})],
  ["NODE_TLS_REJECT_UNAUTHORIZED=0", ["127.0.0.1"], () => ({ NODE_TLS_REJECT_UNAUTHORIZED: "0" })],
  ["a certificate of another host", ["other.invalid"], (file) => ({ NODE_EXTRA_CA_CERTS: file })],
];

const withCertificate =
  (names: string[], env: (authority: string) => Record<string, string>) =>
  async (run: CallRun): Promise<void> => {
    const authority = newAuthority();
    const folder = mkdtempSync(join(tmpdir(), "authority-"));
    const file = join(folder, "ca.pem");
    writeFileSync(file, authority.cert);
    const server = await startHttpsServer(authority.issue(names));
    try {
      const config = { "wayscloud:endpoint": `https://127.0.0.1:${server.port}` };
      const provider = await run.process(config, { env: env(file) });
      run.ended.push(await run.create());
      const isIgnored = provider.stderr().includes("NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored");
      expect(isIgnored).toBe("NODE_TLS_REJECT_UNAUTHORIZED" in env(file));
      expect(server.requests).toEqual([]);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  };

callRows(__filename, "Configurations, proxies and accounts", checks, [
  {
    row: [25, "eight concurrent first calls"],
    act: async (run) => {
      await run.process({}, { env: { WAYSCLOUD_API_KEY: "wayscloud_pat_wrong_credential" } });
      run.ended.push(...(await Promise.all(Array.from({ length: 8 }, () => run.create()))));
    },
  },
  { row: [25, "no credential"], act: createEach("") },
  { row: [25, "a credential with a line break"], act: createEach(`${CANARY}_1\n${CANARY}_2`) },
  { row: [25, "an unknown credential"], act: createEach(CANARY) },
  { row: [25, "the state of an older release"], act: olderRelease },
  {
    row: [25, "a rotated credential"],
    act: async (run) => {
      const made = oneOfEach(run.watched);
      const scopes = ["ssh_keys:write", "ssh_keys:read", "api_keys:write", "api_keys:read"];
      const fresh = run.emulator.account.addApiKey({ scopes });
      run.forget();
      const provider = await run.process({ "wayscloud:apiKey": fresh.key });
      for (const [kind, { id, outputs }] of made) {
        const { value } = await run.end(provider.resource(kind).read(id, outputs));
        expect(value?.id).toBe(id);
        await run.end(provider.resource(kind).delete(id, outputs));
      }
    },
  },
  ...connects.map(([status, body]): CallRow => ({
    row: [32, `the proxy answers CONNECT with ${status}`],
    act: behindProxy(status, body),
  })),
  ...certificates.map(([fault, names, env]): CallRow => ({
    row: [33, fault],
    act: withCertificate(names, env),
  })),
  ...["", " ", "\t\n"].map((apiKey): CallRow => ({
    row: [34, `a credential of ${JSON.stringify(apiKey)}`],
    act: blank(apiKey),
  })),
  {
    row: [35, "another account's credential"],
    act: async (run) => {
      const made = oneOfEach(run.watched);
      run.forget();
      const provider = await run.process({ "wayscloud:customerId": "another-customer" });
      for (const [kind, { id, outputs }] of made) {
        const methods = provider.resource(kind);
        await run.end(methods.read(id, outputs));
        await run.end(methods.delete(id, outputs));
        await run.end(methods.create(KINDS[kind].inputs));
      }
      expect(run.emulator.requests.map(({ path }) => path)).toEqual(["/v1/account/profile"]);
    },
  },
]);
