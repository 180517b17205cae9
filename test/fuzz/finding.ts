// What the fuzzer looks for: an invariant that does not hold.

export type Kind =
  /** An error other than ProtocolError came out. */
  | 'escape'
  /** What came of the bytes depends on how they were cut, or on when they were taken. */
  | 'split'
  /** More was allocated than what was received accounts for. */
  | 'memory'
  /** More steps were taken than what was received accounts for. */
  | 'work'
  /** A state that the rules do not allow. */
  | 'state'
  | 'after the end'
  /** What was delivered is beyond a limit, or malformed. */
  | 'delivered'
  /** What was sent is not ZMTP. */
  | 'sent'
  /** A well-behaved peer does not get through afterwards. */
  | 'good peer';

export class Finding extends Error {
  readonly kind: Kind;

  constructor(kind: Kind, text: string, cause?: unknown) {
    super(`${kind}: ${text}`, cause === undefined ? undefined : { cause });
    this.name = 'Finding';
    this.kind = kind;
  }
}
