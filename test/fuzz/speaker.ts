// The peer: turns the pieces of an input into bytes. Some are given; others are what an honest peer says, so one is kept that hears
// our side's answers, as far as the input needs it.

import { isPeerFault } from '../../src/errors.js';
import { Connection } from '../../src/protocol/connection.js';
import type { Mechanism, ZapReply } from '../../src/protocol/mechanism.js';
import { encodeMetadata } from '../../src/protocol/metadata.js';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { PEER } from '../support/connections.js';
import * as wire from '../support/wire.js';
import { edited, type Input, type Spoken } from './input.js';
import type { Target } from './targets.js';

const WELCOME: ZapReply = { status: 200, userId: '', properties: new Map() };
const NEVER = { interval: 0, timeToLive: 0, timeout: 0 };

/** What a socket of this type announces. */
export function metadataOf(socketType: SocketType): Buffer {
  return encodeMetadata([['Socket-Type', Buffer.from(socketType)]]);
}

export class Speaker {
  readonly #target: Target;
  readonly #peerType: SocketType;
  #peer: Connection | undefined;
  #mechanism: Mechanism | undefined;
  #unheard: Buffer[] = [];

  constructor(target: Target, input: Input) {
    this.#target = target;
    this.#peerType = PEER[input.socketType];
  }

  /** Our side's words. */
  hear(bytes: readonly Buffer[]): void {
    this.#unheard.push(...bytes);
  }

  speak(spoken: Spoken): Buffer {
    this.#peer ??= this.#introduced();
    this.#listen(this.#peer);
    if (this.#peer.state === 'traffic') this.#say(this.#peer, spoken);
    return edited(Buffer.concat(this.#peer.output.take()), spoken.edits);
  }

  #introduced(): Connection {
    this.#mechanism = this.#target.theirs(metadataOf(this.#peerType));
    const options = {
      socketType: this.#peerType,
      mechanism: this.#mechanism,
      handshakeInterval: 0,
      maxMessageSize: 2 ** 40,
    };
    const yes = (): boolean => true;
    const peer: Connection = new Connection(
      { ...options, heartbeat: NEVER },
      { ready: yes, message: yes, subscription: yes, zap: () => peer.zapReply(WELCOME, 0), work: () => peer.work(0) },
    );
    peer.start(0);
    return peer;
  }

  #listen(peer: Connection): void {
    const heard = this.#unheard;
    this.#unheard = [];
    try {
      // CURVE opens boxes where they lie, and what our side said is still to be compared.
      for (const bytes of heard) peer.receive(Buffer.from(bytes), 0);
      while (peer.resting) peer.nextTurn(0);
    } catch (error) {
      // What our side said to somebody else's words may offend the honest peer; it then has nothing more to say.
      if (!isPeerFault(error)) throw error;
    }
  }

  #say(peer: Connection, { say, parts }: Spoken): void {
    if (say === 'message') peer.send(parts);
    else if (say === 'subscribe' || say === 'cancel') peer.subscribe(parts[0]!, say === 'subscribe');
    else if (say === 'ping') this.#write(peer, wire.commandBody('PING', Buffer.from([0, 0, 1, 2])));
  }

  #write(peer: Connection, command: Buffer): void {
    const { cipher } = this.#mechanism!;
    if (cipher === undefined) peer.output.write(wire.COMMAND, command);
    else peer.output.write(0, cipher.seal(wire.COMMAND, command));
  }
}
