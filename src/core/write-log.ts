// How many messages went into each write of a stream, so that at its end those can be counted which never left.

interface Writing {
  readonly unfinished: number;
}

export class WriteLog {
  /** Messages since the last write. */
  gathered = 0;
  /** Of the writes since the stream was last idle. */
  #written: number[] = [];

  /** Before each write. */
  note(stream: Writing): void {
    if (stream.unfinished === 0) this.#written = [];
    this.#written.push(this.gathered);
    this.gathered = 0;
  }

  /** Messages that the system has not taken, or not whole. */
  unsent(stream: Writing): number {
    const { unfinished } = stream;
    const lost = unfinished === 0 ? [] : this.#written.slice(-unfinished);
    return lost.reduce((sum, messages) => sum + messages, this.gathered);
  }
}
