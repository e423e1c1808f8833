// Keeps the account in a file, so that it survives a restart.
import { randomBytes } from "node:crypto";
import {
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { AccountStore } from "./account-store";
import { errorCode, errorMessage } from "../http/error-message";
import { fileError } from "./file-error";
import { FORMAT, isStateFile, readContent, VERSION } from "./state-schema";
import type { StateContent } from "./state-schema";

/** Changes closer together than this are written together. */
const WRITE_INTERVAL_MS = 50;

/** The file behind symbolic links; it need not exist yet. */
export function realStateFile(file: string): string {
  const absolute = resolve(file);
  try {
    return realpathSync(absolute);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileError("cannot be used", file, error);
  }
  try {
    const folder = realpathSync(dirname(absolute));
    const target = join(folder, basename(absolute));
    const isLink = lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return isLink ? realStateFile(resolve(folder, readlinkSync(target))) : target;
  } catch (error) {
    throw fileError("cannot be used", file, error);
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileError("cannot be read", file, error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fills the account from the file, if there is one. */
export function loadState(file: string, account: AccountStore): void {
  const text = readText(file);
  if (text === undefined) return;
  const value = parse(text);
  if (!isStateFile(value)) {
    throw new Error(`${file} is not a state file of this emulator: choose another file or delete it`);
  }
  const read = readContent(value);
  if ("problem" in read) {
    throw new Error(`the state file ${file} is damaged (${read.problem}): correct it or delete it`);
  }
  const { profile, services, vps, sshKeys, apiKeys } = read.content;
  account.profile = profile;
  account.services.clear();
  for (const service of services) account.services.set(service.id, service);
  for (const record of vps) account.servers.restore(record);
  for (const record of sshKeys) account.restoreSshKey(record);
  for (const record of apiKeys) account.restoreApiKey(record);
}

/**
 * Writes the account to the file. A change is written at once, before its response is sent, unless the last write is less
 * than 50 ms ago; then it is written when these have passed. So a single change survives even a SIGKILL of the emulator,
 * and a burst of thousands does not write as many copies of the whole account.
 */
export class StateWriter {
  #writtenAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  #unsaved = false;

  constructor(
    private readonly file: string,
    private readonly account: AccountStore,
  ) {}

  /** Call after each change; throws if it, or an earlier one, cannot be written. */
  changed(): void {
    this.#unsaved = true;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    if (this.#timer) return;
    const wait = this.#writtenAt + WRITE_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#write();
    else this.#timer = setTimeout(() => this.#writeLate(), wait);
  }

  /** Writes what is not in the file yet. Throws only if that loses a change; when keys were last used is not worth it. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#write();
    } catch (error) {
      if (this.#unsaved) throw error;
    }
  }

  #writeLate(): void {
    this.#timer = undefined;
    try {
      this.#write();
    } catch (error) {
      this.#failure = new Error(errorMessage(error), { cause: error });
    }
  }

  #write(): void {
    const { profile, services, servers, sshKeys, everyApiKey } = this.account;
    const content: StateContent = {
      format: FORMAT,
      version: VERSION,
      profile,
      services: [...services.values()],
      vps: servers.all(),
      sshKeys: [...sshKeys.values()],
      apiKeys: [...everyApiKey.values()],
    };
    writeBeside(this.file, `${JSON.stringify(content)}\n`);
    this.#unsaved = false;
    this.#writtenAt = performance.now();
  }
}

/** Writes a new file and renames it, so that a reader, or a crash, never meets half a file. */
function writeBeside(file: string, text: string): void {
  const tempFile = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    // `wx`: never through a link that somebody placed there.
    writeFileSync(tempFile, text, { mode: 0o600, flag: "wx" });
    renameSync(tempFile, file);
  } catch (error) {
    rmSync(tempFile, { force: true });
    throw fileError("cannot be written", file, error);
  }
}
