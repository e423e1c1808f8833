// One response for many callers: requested once, and again only for a caller that needs a newer one.
import type { AccountClient } from "../api/client";
import type { Request } from "./queries";

let clock = 0;

/** The next moment of this process; later moments are greater. */
export function moment(): number {
  return ++clock;
}

/**
 * A response that callers share. There is at most one request at a time; callers that arrive in between and
 * cannot use it share the next one. So looking up many new resources takes a few requests instead of one
 * each. A failure is not kept.
 */
export class SharedList<T> {
  private current: { requestedAt: number; response: Promise<T> } | undefined;
  private next: Promise<T> | undefined;

  constructor(private readonly request: () => Promise<T>) {}

  since(notBefore: number): Promise<T> {
    if (this.current && this.current.requestedAt >= notBefore) return this.current.response;
    this.next ??= this.afterCurrent();
    return this.next;
  }

  private async afterCurrent(): Promise<T> {
    await this.current?.response.catch(() => undefined);
    this.next = undefined;
    const current = { requestedAt: moment(), response: this.request() };
    this.current = current;
    current.response.catch(() => {
      if (this.current === current) this.current = undefined;
    });
    return current.response;
  }
}

/** The responses of one account. Queries of the same kind share one. */
export class Responses {
  private readonly lists = new Map<string, SharedList<object>>();

  constructor(private readonly client: () => AccountClient) {}

  /** The response to a request that was sent at this moment or later. */
  since<T extends object>({ kind, read }: Request<T>, notBefore: number): Promise<T> {
    const list = this.lists.get(kind) ?? new SharedList<object>(() => read(this.client()));
    this.lists.set(kind, list);
    return (list as SharedList<T>).since(notBefore);
  }
}
