// Keeps the account in a file, so that it is still there after a restart.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Account } from "./account";
import type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";
import { codeOf, reasonOf } from "../http/reason";

const FORMAT = "wayscloud-emulator-state";
const VERSION = 1;

/** Writes closer together than this are taken together. */
const PACE = 50;

interface Content {
  format: string;
  version: number;
  profile: Profile;
  services: ServiceEntry[];
  vps: VpsRecord[];
  sshKeys: SshKeyRecord[];
  apiKeys: ApiKeyRecord[];
}

function isContent(value: unknown): value is Content {
  if (typeof value !== "object" || value === null) return false;
  const content = value as Partial<Content>;
  const lists = [content.services, content.vps, content.sshKeys, content.apiKeys];
  return content.format === FORMAT && content.version === VERSION && lists.every(Array.isArray);
}

/** Fills the account from the file; false if there is no such file yet. */
export function loadState(file: string, account: Account): boolean {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  // Never overwritten: it may be some other program's file that was named by mistake.
  if (!isContent(content))
    throw new Error(`${file} is not a state file of this emulator; name another or delete it`);
  account.profile = content.profile;
  account.services.clear();
  for (const service of content.services) account.services.set(service.id, service);
  for (const record of content.vps) account.restoreVps(record);
  for (const record of content.sshKeys) account.restoreSshKey(record);
  for (const record of content.apiKeys) account.restoreApiKey(record);
  return true;
}

/**
 * Writes the account to the file. A change is written at once, before its answer goes out, unless the last write is less
 * than 50 ms ago; then it is written when these have passed. So a lone change survives even a SIGKILL of the emulator,
 * and a burst of thousands does not cost as many copies of the whole account.
 */
export class StateWriter {
  #writtenAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  constructor(
    private readonly file: string,
    private readonly account: Account,
  ) {}

  /** To be called after each change; throws what an earlier, delayed write threw. */
  changed(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    if (this.#timer) return;
    const wait = this.#writtenAt + PACE - performance.now();
    if (wait <= 0) this.#write();
    else this.#timer = setTimeout(() => this.#writeLate(), wait);
  }

  /** Writes whatever is not in the file yet, such as when a key was last used. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write();
  }

  #writeLate(): void {
    this.#timer = undefined;
    try {
      this.#write();
    } catch (error) {
      this.#failure = new Error(reasonOf(error), { cause: error });
    }
  }

  #write(): void {
    const { profile, services, vps, sshKeys, everyApiKey } = this.account;
    const content: Content = {
      format: FORMAT,
      version: VERSION,
      profile,
      services: [...services.values()],
      vps: [...vps.values()],
      sshKeys: [...sshKeys.values()],
      apiKeys: [...everyApiKey.values()],
    };
    // Written beside it and renamed: a reader, or a crash, never meets half a file.
    const beside = `${this.file}.${process.pid}.tmp`;
    writeFileSync(beside, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    renameSync(beside, this.file);
    this.#writtenAt = performance.now();
  }
}
