// An account for stories: an emulator, and the clocks on both sides, which a story moves.
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { WorldTiming } from "../model/network";

/** The local clock, which may be wrong; the server's is right. */
class StoryTiming extends WorldTiming {
  /** How far the local clock is ahead, ms. */
  error = 0;

  override now(): number {
    return super.now() + this.error;
  }
}

export class Account {
  private constructor(
    readonly emulator: Emulator,
    readonly timing: StoryTiming,
  ) {}

  static async open(options: EmulatorOptions = {}): Promise<Account> {
    const timing = new StoryTiming(Date.parse("2026-01-01T00:00:00Z"));
    timing.attemptLimit = 20_000;
    const emulator = await startEmulator({ ...options, now: () => timing.now() - timing.error });
    return new Account(emulator, timing);
  }

  /** The ids of the live keys of both kinds. */
  get live(): string[] {
    const { account } = this.emulator;
    return [...account.liveApiKeys(), ...account.sshKeys()].map(({ id }) => id).sort();
  }

  pass(days: number): void {
    this.timing.elapsed += days * 86_400_000;
  }

  /** The requests since the last call, as `POST /v1/account/ssh-keys`. */
  requests(): string[] {
    const { requests } = this.emulator;
    return requests.splice(0).map(({ method, path }) => `${method} ${path}`);
  }
}
