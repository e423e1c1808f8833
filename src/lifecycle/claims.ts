// Who in this run owns what: two resources of one program must never manage the same key.

export class Claims {
  private readonly holders = new Map<string, string>();

  /** Takes `what` for `holder`; returns whoever in this run holds it already, and then takes nothing. */
  take(what: string, holder: string): string | undefined {
    const other = this.holders.get(what);
    if (other === undefined) this.holders.set(what, holder);
    return other;
  }

  /** Who in this run holds it, if anybody. */
  holder(what: string): string | undefined {
    return this.holders.get(what);
  }

  release(what: string): void {
    this.holders.delete(what);
  }
}
