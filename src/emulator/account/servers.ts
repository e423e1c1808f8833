// The account's servers: their life from provisioning to deletion, and which SSH keys they hold.
import { randomUUID } from "node:crypto";
import { timestamp } from "./records";
import type { VpsRecord } from "./records";

/** When a new server is active: once both have been reached. */
export interface Provisioning {
  /** Milliseconds since its creation, by the emulator's clock. @default 0 */
  ms?: number | undefined;
  /** Responses (of the server, its status or a list with it) that still show it as provisioning. @default 0 */
  reads?: number | undefined;
}

/** What there is to choose about a new server. */
export type NewVps = Pick<VpsRecord, "name" | "plan" | "region" | "osTemplate" | "fingerprints"> & {
  displayName?: string;
};

export class Servers {
  readonly #records = new Map<string, VpsRecord>();
  readonly #reads = new Map<string, number>();
  /** To the millisecond, which the records are not. */
  readonly #createdAt = new Map<string, number>();
  #created = 0;

  constructor(
    private readonly now: () => number,
    private readonly provisioning: Provisioning,
    private readonly changed: () => void,
  ) {}

  /** All servers, oldest first, as they are stored. */
  all(): VpsRecord[] {
    return [...this.#records.values()];
  }

  /** How many servers hold the SSH key. */
  vmCount(fingerprint: string): number {
    return this.all().filter((record) => record.fingerprints.includes(fingerprint)).length;
  }

  create(wanted: NewVps): VpsRecord {
    const number = (this.#created % 254) + 1;
    const record: VpsRecord = {
      ...wanted,
      id: randomUUID(),
      displayName: wanted.displayName ?? wanted.name,
      status: "provisioning",
      // Ranges set aside for documentation (RFC 5737, RFC 3849): nothing answers there.
      ipAddress: `203.0.113.${number}`,
      ipv6Address: `2001:db8::${number.toString(16)}`,
      tags: [],
      labels: {},
      createdAt: timestamp(this.now()),
      provisionedAt: null,
    };
    this.#createdAt.set(record.id, this.now());
    this.restore(record);
    this.changed();
    return record;
  }

  restore(record: VpsRecord): void {
    this.#created += 1;
    this.#records.set(record.id, record);
  }

  /** The server as a response shows it, which may be what makes it active. */
  read(id: string): VpsRecord | undefined {
    const record = this.#records.get(id);
    if (record?.status !== "provisioning") return record;
    const { ms = 0, reads = 0 } = this.provisioning;
    const read = this.#reads.get(id) ?? 0;
    const readyAt = (this.#createdAt.get(id) ?? Date.parse(record.createdAt)) + ms;
    if (read < reads || this.now() < readyAt) {
      this.#reads.set(id, read + 1);
      return record;
    }
    record.status = "active";
    record.provisionedAt = timestamp(readyAt);
    this.changed();
    return record;
  }

  /** Changes a server. */
  update(record: VpsRecord, fields: Partial<VpsRecord>): void {
    Object.assign(record, fields);
    this.changed();
  }

  remove(id: string): boolean {
    if (!this.#records.delete(id)) return false;
    this.changed();
    return true;
  }
}
