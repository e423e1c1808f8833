// Finds SSH keys by a property that several of them may share, in constant time.
import type { SshKeyRecord } from "./records";

/** The SSH keys by their name or by their fingerprint. */
export class SshKeyIndex {
  readonly #records = new Map<string, Set<SshKeyRecord>>();

  constructor(private readonly property: "name" | "fingerprint") {}

  /** The oldest key with this value. */
  find(value: string): SshKeyRecord | undefined {
    return this.#records.get(value)?.values().next().value;
  }

  add(record: SshKeyRecord): void {
    const value = record[this.property];
    const sharing = this.#records.get(value) ?? new Set();
    this.#records.set(value, sharing.add(record));
  }

  delete(record: SshKeyRecord): void {
    const value = record[this.property];
    const sharing = this.#records.get(value);
    sharing?.delete(record);
    if (sharing?.size === 0) this.#records.delete(value);
  }
}
