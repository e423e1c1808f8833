// A process of its own for the emulator: counts requests, bytes and its own CPU time between two questions of its parent.
import { subscribe } from "node:diagnostics_channel";
import { Server } from "node:http";
import { createRequire } from "node:module";
import { argv } from "node:process";

const [install, { options, byId }] = [argv[2], JSON.parse(argv[3])];
const { startEmulator } = createRequire(`${install}/package.json`)("pulumi-wayscloud/emulator");

const sockets = new Set();
// Below HTTP, so that heads count as well.
subscribe("net.server.socket", ({ socket }) => sockets.add(socket));
const emulator = await startEmulator(options);
let cpu = process.cpuUsage();
if (byId) addLookUp();

/** `GET /v1/account/ssh-keys/{id}`, in front of the emulator, which has only what the API has. */
function addLookUp() {
  const { emit } = Server.prototype;
  let keys;
  Server.prototype.emit = function (event, request, response) {
    if (event !== "request") return emit.apply(this, arguments);
    const [, id] = /^\/v1\/account\/ssh-keys\/([^/]+)$/.exec(request.url) ?? [];
    if (request.method === "DELETE") keys?.delete(id);
    else if (request.method === "POST") keys = undefined;
    if (request.method !== "GET" || id === undefined) return emit.apply(this, arguments);
    keys ??= new Map(emulator.account.sshKeys().map((key) => [key.id, key]));
    const { name, fingerprint, keyType, createdAt } = keys.get(id) ?? {};
    const status = name === undefined ? 404 : 200;
    const body = { id, name, fingerprint, key_type: keyType, created_at: createdAt, vm_count: 0 };
    emulator.requests.push({ method: "GET", status });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(status === 200 ? body : { detail: "SSH key not found" }));
    return true;
  };
}

function take() {
  const requests = {};
  for (const { method, status } of emulator.requests) {
    requests[method] = (requests[method] ?? 0) + 1;
    if (status === 429) requests["429"] = (requests["429"] ?? 0) + 1;
  }
  const used = process.cpuUsage(cpu);
  const taken = { requests, received: 0, sent: 0, connections: sockets.size, cpuMs: 0 };
  taken.cpuMs = Math.round((used.user + used.system) / 1000);
  for (const socket of sockets) {
    taken.received += socket.bytesRead;
    taken.sent += socket.bytesWritten;
  }
  emulator.requests.length = 0;
  sockets.clear();
  cpu = process.cpuUsage();
  return taken;
}

process.on("message", (message) => process.send(message === "take" ? take() : {}));
// Whoever started it may be killed: then this ends, too.
process.on("disconnect", () => process.exit(0));
process.send({ url: emulator.url, apiKey: emulator.apiKey });
