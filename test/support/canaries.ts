// An emulated account with provider processes at it, all of whose secrets are searched for in everything that those processes say or answer.
import { startEmulator } from "../../src/emulator";
import type { ApiKeyRecord, Emulator, EmulatorOptions } from "../../src/emulator";
import { PartialFailure } from "./engine-resources";
import {
  type Properties,
  ProviderProcess,
  type ProviderProcessOptions,
  type ResourceName,
} from "./provider-process";
import { testAll } from "./rare";
import { type Recorded, recordedStates, seed } from "./recorded-states";
import { secretsIn } from "./secrets";
import { publicKey } from "./public-key";
import { API_KEYS, SSH_KEYS } from "./requests";

/** What differs between the kinds of resource, for tests of all of them. */
export const KINDS = {
  serviceKey: { list: API_KEYS, inputs: { service: "database" } },
  personalAccessToken: { list: API_KEYS, inputs: { scopes: ["ssh_keys:read"] } },
  sshKey: { list: SSH_KEYS, inputs: { publicKey: publicKey("canary") } },
} as const;

export const KIND_NAMES = Object.keys(KINDS) as ResourceName[];

/** Those that tests of one kind each try: a usual run leaves out the token, which has the lifecycle of the service key. */
export const TRIED = KIND_NAMES.filter((kind) => testAll || kind !== "personalAccessToken");
export const TRIED_KEYS = TRIED.filter((kind) => kind !== "sshKey");

/** How a call ended. */
export interface Ended<T> {
  value?: T;
  /** Absent when it succeeded. */
  error?: Error;
  /** What the engine would keep in the state after a partial failure. */
  partial?: PartialFailure;
  ms: number;
}

export interface Created {
  id: string;
  outputs: Properties;
}

/** Provider processes without a test. Each test is a run of its own, which is all that a process remembers; in `npm run test:all` each has processes of its own. */
const idle: ProviderProcess[] = [];
afterAll(() => Promise.all(idle.splice(0).map((each) => each.close())));

/** The account, the processes, and all that they said. */
export class Watched {
  private readonly processes: ProviderProcess[] = [];
  private readonly reusable: ProviderProcess[] = [];
  private readonly said: string[] = [];
  private readonly returned: Properties[] = [];

  private constructor(readonly emulator: Emulator) {}

  /** Runs a test and ends with the search, whatever the test did; a leak counts more than another failure. */
  static async run(test: (watched: Watched) => Promise<void>, options: EmulatorOptions = {}): Promise<void> {
    const watched = new Watched(await startEmulator(options));
    try {
      await test(watched);
    } finally {
      const single = watched.processes.filter((each) => !watched.reusable.includes(each));
      await Promise.all(single.map((each) => each.close()));
      watched.expectNoSecrets();
      idle.push(...watched.reusable);
      await watched.emulator.close();
    }
  }

  /** Another provider process at the account, as every `pulumi` command has one. With options it is a new one. */
  async process(
    config: Record<string, string> = {},
    options?: Omit<ProviderProcessOptions, "config">,
  ): Promise<ProviderProcess> {
    const { url, apiKey } = this.emulator;
    const all = { "wayscloud:endpoint": url, "wayscloud:apiKey": apiKey, ...config };
    const used = options || testAll ? undefined : idle.pop();
    if (used) await used.nextRun(all);
    const process = used ?? (await ProviderProcess.start({ ...options, config: all }));
    this.processes.push(process);
    if (!options && !testAll) this.reusable.push(process);
    return process;
  }

  /** Awaits any call; keeps its answer or error for the search. */
  async ended<T>(call: Promise<T>): Promise<Ended<T>> {
    const started = performance.now();
    const result: Ended<T> = { ms: 0 };
    try {
      result.value = await call;
    } catch (error) {
      result.error = error as Error;
    }
    result.ms = performance.now() - started;
    if (result.error) this.said.push(result.error.message);
    if (result.error instanceof PartialFailure) {
      result.partial = result.error;
      this.returned.push(result.error.properties, { id: result.error.id });
    }
    if (typeof result.value === "object" && result.value !== null) this.returned.push(result.value);
    return result;
  }

  /** Checks and creates, as `up` does. */
  async create(process: ProviderProcess, kind: ResourceName, more: Properties = {}): Promise<Ended<Created>> {
    const methods = process.resource(kind);
    const { inputs, failures } = await methods.check({}, { ...KINDS[kind].inputs, ...more });
    expect(failures).toEqual([]);
    return this.ended(methods.create(inputs));
  }

  /** What an orphan of this kind would be among. */
  live(kind: ResourceName): { id: string; key?: string }[] {
    if (kind === "sshKey") return this.emulator.account.sshKeys();
    const type: ApiKeyRecord["keyType"] = kind === "serviceKey" ? "service" : "pat";
    return this.emulator.account.liveApiKeys().filter(({ keyType }) => keyType === type);
  }

  /** Exactly this one lives, and the state has its key. */
  expectOnly(kind: ResourceName, created: Ended<Created>): void {
    if (created.error) throw created.error;
    const [only, ...others] = this.live(kind);
    expect(others).toEqual([]);
    expect(created.value?.id).toBe(only?.id);
    if (kind !== "sshKey") expect(created.value?.outputs["key"] === only?.key).toBe(true);
  }

  /** K1, the caller's credential, nowhere; K2, every key ever made, nowhere but in the outputs that hold keys. */
  expectNoSecrets(): void {
    const secrets = this.emulator.account.apiKeys().map(({ key }) => key);
    const leaks = [
      ...this.said.map((text) => ({ where: "an error", text })),
      ...this.processes.map((each) => ({ where: "stderr", text: each.stderr() })),
      ...this.processes.map((each) => ({ where: "stdout", text: each.stdout() })),
      ...this.returned.map((value) => ({ where: "what was returned", text: withoutKeys(value) })),
    ].flatMap(({ where, text }) =>
      secretsIn(text, secrets).map((index) => `${index === 0 ? "K1" : "K2"} in ${where}`),
    );
    expect(leaks).toEqual([]);
  }
}

const RECORDED = recordedStates("1.0.0").filter(({ name }) =>
  /^live, automatic (name|description)$/.test(name),
);

/** What 1.0.0 recorded of a live key of this kind, with an automatic name or description. */
export const recorded = (kind: ResourceName): Recorded =>
  RECORDED.find(({ type }) => type.toLowerCase() === kind.toLowerCase())!;

/** One resource of every kind: the states, and their keys put into the account. */
export function oneOfEach({ emulator }: Watched): Map<ResourceName, Created> {
  for (const kind of KIND_NAMES) seed(emulator, recorded(kind));
  return new Map(KIND_NAMES.map((kind) => [kind, recorded(kind)]));
}

const KEY_OUTPUTS = new Set(["key", "previousKey"]);

function withoutKeys(value: Properties): string {
  return JSON.stringify(value, (name, part: unknown) => (KEY_OUTPUTS.has(name) ? undefined : part));
}
