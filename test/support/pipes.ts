// Pipes without connections: an outlet that writes down what it is given, and a pattern fed by hand.

import { defaultOptions, type OptionValues } from '../../src/core/options.js';
import { type Outlet, Pipe, type PipeOptions, type PipeOwner } from '../../src/core/pipe.js';
import type { Pattern } from '../../src/patterns/pattern.js';
import type { PeerInfo } from '../../src/protocol/connection.js';

const NO_BYTES = Buffer.alloc(0);

/** The far side of a pipe: `log` has `a|b` for each message, `+t` and `-t` for subscriptions, `resume`, `disconnect`. */
export class TestOutlet implements Outlet {
  readonly log: string[] = [];
  /** Messages it still takes before it says full. */
  room = Number.POSITIVE_INFINITY;
  onResume: () => void = () => {};

  send(message: Buffer[]): boolean {
    this.log.push(text(message));
    return --this.room > 0;
  }

  subscribe(topic: Buffer, add: boolean): void {
    this.log.push(`${add ? '+' : '-'}${topic.toString('latin1')}`);
  }

  resumeInput(): void {
    this.log.push('resume');
    this.onResume();
  }

  disconnect(): void {
    this.log.push('disconnect');
  }

  /** What was noted since the last call. */
  take(): string[] {
    return this.log.splice(0);
  }
}

export function peerInfo(routingId: Buffer | string = NO_BYTES, socketType = 'DEALER'): PeerInfo {
  return {
    socketType,
    routingId: Buffer.from(routingId),
    properties: new Map(),
    userId: undefined,
    subscriptionsAreASet: false,
  };
}

export const text = (message: readonly Buffer[]): string => message.map((part) => part.toString('latin1')).join('|');

/** `a|b` as a message. */
export const message = (line: string): Buffer[] => line.split('|').map((part) => Buffer.from(part, 'latin1'));

export interface Peer {
  readonly pipe: Pipe;
  readonly outlet: TestOutlet;
}

/** A pattern and its pipes, as a socket would hold them, without waiting operations. */
export class Bench<P extends Pattern = Pattern> {
  readonly pattern: P;
  readonly options: OptionValues;

  constructor(pattern: new (options: OptionValues) => P, options: Partial<OptionValues> = {}) {
    this.options = { ...defaultOptions(), ...options };
    this.pattern = new pattern(this.options);
  }

  /** A pipe that the pattern knows and that has no peer yet. */
  pipe(options: Partial<PipeOptions> = {}): Pipe {
    const owner: PipeOwner = {
      readActivated: (pipe) => this.pattern.readActivated(pipe),
      writeActivated: (pipe) => this.pattern.writeActivated(pipe),
    };
    return new Pipe(owner, { ...this.options, ...options });
  }

  /** A connected peer. */
  peer(routingId?: Buffer | string, options: Partial<PipeOptions> = {}): Peer {
    const pipe = this.pipe(options);
    const outlet = new TestOutlet();
    this.pattern.attach(pipe);
    this.connect(pipe, outlet, routingId);
    return { pipe, outlet };
  }

  /** False when the pattern refuses the peer. */
  connect(pipe: Pipe, outlet: TestOutlet, routingId?: Buffer | string): boolean {
    pipe.open(outlet, peerInfo(routingId));
    const taken = this.pattern.connected(pipe);
    if (taken) pipe.outletReady();
    return taken;
  }

  /** The peer is gone, and its pipe with it. */
  lose(pipe: Pipe): void {
    pipe.shut();
    this.pattern.detach(pipe);
  }

  send(line: string): boolean {
    return this.pattern.send(message(line));
  }

  receive(): string | undefined {
    const received = this.pattern.receive();
    return received && text(received);
  }

  /** Everything there is to receive. */
  receiveAll(): string[] {
    const lines: string[] = [];
    for (let line = this.receive(); line !== undefined; line = this.receive()) lines.push(line);
    return lines;
  }
}
