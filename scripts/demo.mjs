// `npm run demo`: a real `pulumi up` of examples/quickstart against the emulator, and nothing left behind (unless `--keep`).
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { parseArgs } from "node:util";
import { explainKept, heading, say } from "./demo/print.mjs";
import { engineIsMissing, findEngine } from "./engine.mjs";
import { ended, pathWith, projectFolder, start } from "./lib/process.mjs";
import { nodeFolder } from "./lib/tools.mjs";
import { makeUserInstall } from "./user-install.mjs";

const USAGE = `Usage: npm run demo [-- --keep]

Runs examples/quickstart with a real Pulumi engine against an emulator of the API on this machine: no account, no network.
  --keep   leave the stack and the emulated account in place, and say how to go on with them
`;

const PLAN = `A real \`pulumi up\` on this machine: an SSH key, a service key and a token are created in an emulated account, found unchanged, and revoked again.
No WAYSCloud account is needed, nothing reaches the API, and nothing is left behind. It takes about 15 seconds`;

/** A user's machine in a folder: the install, the project, Pulumi's files. `settings` is what the user's shell would have exported. */
async function prepare() {
  heading("Getting ready");
  const engine = await findEngine();
  say(`Pulumi ${engine.version} from ${engine.from}`);
  const node = await nodeFolder();
  const { folder: root, remove } = await makeUserInstall();
  const project = join(root, "projects", "quickstart");
  cpSync(join(projectFolder, "examples/quickstart"), project, {
    recursive: true,
    // What someone who tried the example in place has lying around there is no part of it.
    filter: (path) => !/node_modules|Pulumi\.[^/\\]+\.yaml$/.test(path.slice(projectFolder.length)),
  });
  mkdirSync(join(root, "state"));
  mkdirSync(join(root, "tmp"));
  const settings = {
    TMPDIR: join(root, "tmp"),
    PULUMI_HOME: join(root, "pulumi"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_STACK: "demo",
    ...withoutProxy(),
  };
  // An engine of the official installer, and one built here, has the launcher of dynamic providers beside it; others need the SDK's.
  const beside = existsSync(join(engine.bin, "pulumi-resource-pulumi-nodejs"));
  const folders = [engine.bin, ...(beside ? [] : [join(root, "node_modules/@pulumi/pulumi")]), node];
  return { root, project, folders, settings, remove };
}

/** The engine and its plugins talk to each other on this machine, and gRPC would ask a proxy even for that. */
function withoutProxy() {
  const given = [process.env.no_proxy, process.env.NO_PROXY].filter(Boolean);
  const hosts = [...given, "127.0.0.1", "localhost", "::1"].join(",");
  return { no_proxy: hosts, NO_PROXY: hosts };
}

/** Runs a command as the user of that machine, in view. Whoever starts the demo may have an account: nothing of it gets in. */
async function pulumi({ project, folders, settings }, args, { input, quiet = false } = {}) {
  if (!quiet) {
    say(`$ pulumi ${args.join(" ")}`);
  }
  const foreign = Object.keys(process.env).filter((name) => /^(WAYSCLOUD|PULUMI)_/.test(name));
  const child = start("pulumi", args, {
    cwd: project,
    env: {
      ...Object.fromEntries(foreign.map((name) => [name, undefined])),
      ...settings,
      PATH: pathWith(...folders),
    },
    stdio: [input === undefined ? "ignore" : "pipe", quiet ? "ignore" : "inherit", "inherit"],
  });
  child.stdin?.end(input);
  const code = await ended(child);
  if (code !== 0) {
    throw new Error(`pulumi ${args[0]} ended with ${code}`);
  }
}

/** What the API was asked since the last look. */
function requestsOf(emulator) {
  const lines = emulator.requests.map(({ method, path }) => `  ${method.padEnd(6)} ${path}`);
  emulator.requests.length = 0;
  return lines.length > 0 ? lines.join("\n") : "  none";
}

async function show(machine, emulator) {
  heading("The program: examples/quickstart, as a user installs it");
  await pulumi(machine, ["stack", "init", "demo"], { quiet: true });
  await pulumi(machine, ["config", "set", "wayscloud-account:endpoint", emulator.url]);
  // By standard input, where a secret is not seen by other users of the machine.
  await pulumi(machine, ["config", "set", "--secret", "wayscloud-account:patToken"], {
    input: emulator.apiKey,
  });

  heading("Create: an SSH key, a service key and a token");
  await pulumi(machine, ["up", "--yes", "--skip-preview"]);
  say(`The API was asked:\n${requestsOf(emulator)}`);

  heading("Again: nothing changes");
  await pulumi(machine, ["up", "--yes", "--skip-preview", "--expect-no-changes", "--suppress-outputs"]);
  say(`The API was asked:\n${requestsOf(emulator)}`);

  heading("The outputs: keys stay secret");
  await pulumi(machine, ["stack", "output"]);
}

async function demo({ keep }) {
  const minutes = (await engineIsMissing())
    ? ", and some minutes more this first time, for the Pulumi engine"
    : "";
  say(`${PLAN}${minutes}.`);
  const machine = await prepare();
  let finished = false;
  try {
    const state = join(machine.root, "account.json");
    // The packed package's emulator, like everything else here.
    const { startEmulator } = createRequire(join(machine.project, "index.js"))("pulumi-wayscloud/emulator");
    const emulator = await startEmulator({ port: 0, ...(keep ? { state } : {}) });
    try {
      await show(machine, emulator);
      if (!keep) {
        heading("Clean up: delete the SSH key, revoke both keys");
        await pulumi(machine, ["destroy", "--yes", "--skip-preview"]);
        say(`The API was asked:\n${requestsOf(emulator)}`);
      }
    } finally {
      await emulator.close();
    }
    finished = true;
    if (keep) {
      explainKept(machine, emulator, state);
    }
  } finally {
    if (!keep || !finished) {
      // The account was in memory: with it goes all that could be left over.
      machine.remove();
    }
  }
  heading("What to try next");
  say(`${keep ? "" : "npm run demo -- --keep        # the same, and leaves it there to look around\n"}\
ls examples                   # rotation with a consumer, several accounts, CI, policies, tests
npm run emulator              # an account of your own to try them with: it says how to log in`);
}

try {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  await (values.help ? stdout.write(USAGE) : demo(values));
} catch (error) {
  const wrongOption = error.code?.startsWith("ERR_PARSE_ARGS");
  process.stderr.write(`\n${error.message.split(". To specify")[0]}${wrongOption ? `\n\n${USAGE}` : "\n"}`);
  process.exitCode = wrongOption ? 2 : 1;
}
