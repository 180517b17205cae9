/**
 * The judge of one numbered stream: told of every message as it arrives, it says afterwards which were lost, altered,
 * out of order, or there twice. Used by both ends of every stream in the demo; it knows nothing of sockets.
 */

export class Ledger {
  /** The number that has to come next. */
  next = 1;
  private readonly kind: string;
  private readonly total: number;
  private readonly missing = new Set<number>();
  private readonly altered: number[] = [];
  private readonly late: number[] = [];
  private readonly unexpected: number[] = [];

  /** A stream of messages 1 to `total`; `kind` is the word for one of them: request, reply, event. */
  constructor(kind: string, total: number) {
    this.kind = kind;
    this.total = total;
  }

  take(number: number, intact: boolean): void {
    if (!intact) this.altered.push(number);
    if (number >= this.next && number <= this.total) this.advance(number);
    else if (this.missing.delete(number)) this.late.push(number);
    else this.unexpected.push(number);
  }

  /** The stream is over: what was wrong with it, in a few words each. */
  errors(): string[] {
    return [
      this.lost(),
      describe('altered', this.altered, this.kind),
      describe('out of order', this.late, this.kind),
      describe('not expected', this.unexpected, this.kind),
    ].filter((text) => text !== '');
  }

  /** The gaps, and everything after the last message that came. */
  private lost(): string {
    const cut = this.total - this.next + 1;
    const first = [...this.missing, ...Array.from({ length: Math.min(cut, NAMED + 1) }, (_, i) => this.next + i)];
    return describe('lost', first, this.kind, this.missing.size + cut);
  }

  /** To the one after `number`; what is skipped is missing until it comes. */
  private advance(number: number): void {
    while (this.next < number) this.missing.add(this.next++);
    this.next++;
  }
}

function describe(what: string, numbers: number[], kind: string, count = numbers.length): string {
  if (count === 0) return '';
  const named = numbers.slice(0, NAMED).join(', ') + (count > NAMED ? ', …' : '');
  return `${count} ${what} (${kind} ${named})`;
}

/** How many messages an error names. */
const NAMED = 3;
