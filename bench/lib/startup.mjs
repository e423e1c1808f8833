// Start-up: what an import costs a program, and how soon the provider process answers, of ours on either host and of the floor.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { keys } from "./arms.mjs";
import { openAccount } from "./account.mjs";
import { median } from "./results.mjs";

const TEXTS = {
  ours: 'exports.handler = () => require("pulumi-wayscloud/runtime").sshKey',
  floor: 'exports.handler = () => require("pulumi-wayscloud-floor").nothing',
};

/** Medians over the rounds, the arms in turn. */
export async function measureStartup(install, { rounds, creations, arms }) {
  const imports = [];
  const samples = Object.fromEntries(arms.map((arm) => [arm, []]));
  for (let round = 0; round < rounds; round += 1) {
    imports.push(importMs(install));
    for (const arm of round % 2 ? arms.toReversed() : arms) {
      samples[arm].push(await provider(install, arm, creations));
    }
  }
  const result = { rounds, creations, importMs: median(imports) };
  for (const [arm, all] of Object.entries(samples)) {
    result[arm] = {};
    for (const name of Object.keys(all[0])) result[arm][name] = median(all.map((each) => each[name]));
  }
  return result;
}

/** Milliseconds of `require("pulumi-wayscloud")` after `@pulumi/pulumi`, in a process of its own. */
function importMs(install) {
  const script = `
    require("@pulumi/pulumi");
    const started = performance.now();
    require("pulumi-wayscloud");
    process.stdout.write(String(performance.now() - started));`;
  return Math.round(Number(execFileSync(process.execPath, ["-e", script], { cwd: install })) * 10) / 10;
}

/** Starts the provider process as the engine does and calls it as the engine does; milliseconds from its start, and MB of memory. */
async function provider(install, arm, creations) {
  const load = createRequire(join(install, "package.json"));
  const messages = load("@pulumi/pulumi/proto/provider_pb");
  const { ResourceProviderClient } = load("@pulumi/pulumi/proto/provider_grpc_pb");
  const { Struct } = load("google-protobuf/google/protobuf/struct_pb");
  const { credentials } = load("@grpc/grpc-js");
  const account = await openAccount(install);
  const native = arm === "native";
  const launcher = native
    ? "pulumi-wayscloud/plugin/pulumi-resource-wayscloud-account"
    : "@pulumi/pulumi/cmd/dynamic-provider/index.js";
  const script = join(install, "node_modules", launcher);
  const started = performance.now();
  const since = () => performance.now() - started;
  const child = spawn(process.execPath, [script, "127.0.0.1:1"], {
    cwd: join(install, "projects"),
    env: { PATH: process.env.PATH, HOME: install, ...account.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const port = await new Promise((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the provider process ended with ${code}`)));
    });
    const listening = since();
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const call = (method, request) =>
      new Promise((resolve, reject) => {
        client[method](request, (error, response) => (error ? reject(error) : resolve(response)));
      });
    const of = (type, fields) => {
      const request = new messages[type]();
      const token = native ? "wayscloud-account:index:SshKey" : "pulumi-nodejs:dynamic/wayscloud:SshKey";
      request.setUrn(`urn:pulumi:dev::bench::${token}::key`);
      for (const [name, value] of Object.entries(fields)) request[`set${name}`](Struct.fromJavaScript(value));
      return request;
    };
    const configure = new messages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript(native ? { endpoint: account.url, apiKey: account.apiKey } : {}));
    await call("configure", configure);
    const inputs = keys(creations).map((key) => (native ? key : { ...key, __provider: TEXTS[arm] }));
    await call("check", of("CheckRequest", { Olds: {}, News: inputs[0] }));
    const ready = since();
    await call("create", of("CreateRequest", { Properties: inputs[0] }));
    const created = since();
    const queue = inputs.slice(1);
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let next = queue.pop(); next; next = queue.pop()) {
          await call("check", of("CheckRequest", { Olds: {}, News: next }));
          await call("create", of("CreateRequest", { Properties: next }));
        }
      }),
    );
    const memory = memoryOf(child.pid);
    client.close();
    return {
      listeningMs: Math.round(listening),
      readyMs: Math.round(ready),
      firstCreationMs: Math.round(created - ready),
      perCreationMs: Math.round(((since() - created) / creations) * 100) / 100,
      ...memory,
    };
  } finally {
    child.kill("SIGKILL");
    await account.close();
  }
}

/** Linux only. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const mb = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
    return { peakMb: mb("VmHWM"), endMb: mb("VmRSS") };
  } catch {
    return {};
  }
}
