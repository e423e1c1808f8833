// Loaded into the provider process by `npm run bench -- --only profile`: samples where its CPU time goes, and writes the sums by kind of code
// into the folder BENCH_PROFILE when the engine ends the process.
const { Session } = require("node:inspector");
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const KINDS = [
  ["axios", /node_modules\/(axios|follow-redirects|form-data|proxy-from-env)\//],
  ["zod", /node_modules\/zod\//],
  ["this package", /node_modules\/pulumi-wayscloud\//],
  ["gRPC and protobuf", /node_modules\/(@grpc|google-protobuf|protobufjs|long)\/|_pb\.js$|^node:.*http2/],
  ["Pulumi's SDK", /node_modules\/@pulumi\//],
  ["HTTP client of Node", /^node:(_http|internal\/(http|js_stream|tls)|https?|tls|_tls)/],
  ["loading modules", /^node:internal\/(modules|bootstrap|fs)|^node:(fs|path|module|vm)$/],
  ["the rest of Node", /^node:/],
];

function kindOf({ functionName, url }) {
  if (functionName === "(idle)" || functionName === "(root)") return undefined;
  if (functionName === "(garbage collector)") return "garbage collection";
  // Native code: compiling, system calls, sockets.
  if (url === "") return "native code";
  const plain = url.replaceAll("\\", "/");
  return KINDS.find(([, pattern]) => pattern.test(plain))?.[0] ?? "other code";
}

function sums({ nodes, samples, timeDeltas }) {
  const kinds = new Map(nodes.map(({ id, callFrame }) => [id, kindOf(callFrame)]));
  const result = {};
  samples.forEach((id, index) => {
    const kind = kinds.get(id);
    if (kind) result[kind] = (result[kind] ?? 0) + timeDeltas[index] / 1000;
  });
  return result;
}

if (/dynamic-provider/.test(process.argv[1] ?? "") && process.env.BENCH_PROFILE) {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: 500 });
  session.post("Profiler.start");
  process.once("SIGINT", () => {
    session.post("Profiler.stop", (error, { profile }) => {
      const file = join(process.env.BENCH_PROFILE, `${process.pid}.json`);
      if (!error) writeFileSync(file, JSON.stringify(sums(profile)));
      process.exit(0);
    });
  });
}
