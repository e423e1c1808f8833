// `npm run demo`: a real `pulumi up` of examples/quickstart against the emulator, and nothing left behind (unless `--keep`).
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, exit, stdout } from "node:process";
import { parseArgs } from "node:util";
import { findEngine } from "./engine.mjs";
import { nodeFolder, pathWith, projectFolder } from "./lib/process.mjs";
import { makeUserInstall } from "./user-install.mjs";

const USAGE = `Usage: npm run demo [-- --keep]

Runs examples/quickstart with a real Pulumi engine against an emulator of the API on this machine: no account, no network.
  --keep   leave the stack and the emulated account in place, and say how to go on with them
`;

function say(text = "") {
  stdout.write(`${text}\n`);
}

function heading(text) {
  const [bold, plain] = stdout.isTTY ? ["\x1b[1m", "\x1b[0m"] : ["", ""];
  say(`\n${bold}── ${text}${plain}`);
}

/** A user's machine in a folder: the install, the project, Pulumi's files. `settings` is what the user's shell would have exported. */
async function prepare() {
  heading("Getting ready");
  const engine = await findEngine();
  say(`Pulumi ${engine.version} from ${engine.from}`);
  const root = realpathSync(mkdtempSync(join(tmpdir(), "wayscloud-demo-")));
  try {
    await makeUserInstall(root);
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
    };
    // An engine of the official installer, and one built here, has the launcher of dynamic providers beside it; others need the SDK's.
    const beside = existsSync(join(engine.bin, "pulumi-resource-pulumi-nodejs"));
    const folders = [engine.bin, ...(beside ? [] : [join(root, "node_modules/@pulumi/pulumi")]), nodeFolder];
    return { root, project, folders, settings };
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

/** Runs a command as the user of that machine, in view. Whoever starts the demo may have an account: nothing of it gets in. */
function pulumi({ project, folders, settings }, args, { input, quiet = false } = {}) {
  if (!quiet) {
    say(`$ pulumi ${args.join(" ")}`);
  }
  const own = Object.entries(process.env).filter(([name]) => !/^(WAYSCLOUD|PULUMI)_/.test(name));
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      cwd: project,
      env: { ...Object.fromEntries(own), ...settings, PATH: pathWith(...folders) },
      stdio: [input === undefined ? "ignore" : "pipe", quiet ? "ignore" : "inherit", "inherit"],
    });
    child.stdin?.end(input);
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`pulumi ${args[0]} ended with ${code}`)),
    );
  });
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
  await pulumi(machine, ["config", "set", "wayscloud:endpoint", emulator.url]);
  // By standard input, where a secret is not seen by other users of the machine.
  await pulumi(machine, ["config", "set", "--secret", "wayscloud:apiKey"], { input: emulator.apiKey });

  heading("Create: an SSH key, a service key and a token");
  await pulumi(machine, ["up", "--yes", "--skip-preview"]);
  say(`The API was asked:\n${requestsOf(emulator)}`);

  heading("Again: nothing changes");
  await pulumi(machine, ["up", "--yes", "--skip-preview", "--expect-no-changes", "--suppress-outputs"]);
  say(`The API was asked:\n${requestsOf(emulator)}`);

  heading("The outputs: keys stay secret");
  await pulumi(machine, ["stack", "output"]);
}

function explainKept({ root, project, folders, settings }, emulator, state) {
  const quote = (value) => `'${value.replaceAll("'", `'\\''`)}'`;
  const file = join(root, "env.sh");
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${quote(value)}`);
  const path = `export PATH=${folders.map(quote).join(":")}:"$PATH"`;
  writeFileSync(file, `# Makes a shell work with the kept demo.\n${[...lines, path].join("\n")}\n`, {
    mode: 0o600,
  });
  heading("Look around");
  say(`cd ${project} && . ${file}
npx wayscloud-emulator --port ${new URL(emulator.url).port} --state ${state} &
pulumi stack output databaseKey --show-secrets
pulumi preview --diff                # change index.ts first
pulumi destroy                       # revokes what the demo made
kill %1 && rm -rf ${root}   # ends the emulator and removes the rest`);
}

async function demo({ keep }) {
  const machine = await prepare();
  const state = join(machine.root, "account.json");
  // The packed package's emulator, like everything else here.
  const { startEmulator } = createRequire(join(machine.project, "index.js"))("pulumi-wayscloud/emulator");
  // Ctrl-C reaches the running `pulumi` too; this process lives on until that has ended, to clean up after it.
  process.on("SIGINT", () => say("stopping"));
  const emulator = await startEmulator({ port: 0, ...(keep ? { state } : {}) });
  let finished = false;
  try {
    await show(machine, emulator);
    if (!keep) {
      heading("Clean up: delete the SSH key, revoke both keys");
      await pulumi(machine, ["destroy", "--yes", "--skip-preview"]);
      say(`The API was asked:\n${requestsOf(emulator)}`);
    }
    finished = true;
  } finally {
    await emulator.close();
    if (!keep || !finished) {
      // The account was in memory: with it goes all that could be left over.
      rmSync(machine.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
  if (keep) {
    explainKept(machine, emulator, state);
  }
  heading("Your turn");
  say(`${keep ? "" : "npm run demo -- --keep               # the same, and leaves it there to look around\n"}\
cp -r examples/quickstart ~/my-account && cd ~/my-account && npm install
pulumi stack init dev && pulumi config set --secret wayscloud:apiKey && pulumi up   # the real API, with your own token`);
}

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    keep: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
try {
  await (values.help ? stdout.write(USAGE) : demo(values));
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  exit(1);
}
