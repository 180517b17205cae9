/**
 * What one interop case works with: sockets of ours and sockets in a peer process, fresh endpoints, and the promise
 * that all of it is gone when the case ends, however it ends. Every case runs inside `withRig`.
 */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { End, EndOptions, SocketType } from '../support/peers/end.js';
import type { Flavour, SharedPeer } from '../support/peers/flavours.js';
import { Peer, type PeerSocket } from '../support/peers/peer.js';
import { OurSocket } from './our-socket.js';

export type Transport = 'tcp' | 'ipc';
export type Binder = 'we bind' | 'they bind';

/** Where libzmq has ipc on Windows it means something else than Node does: they cannot meet there. */
export const transports: readonly Transport[] = process.platform === 'win32' ? ['tcp'] : ['tcp', 'ipc'];
export const binders: readonly Binder[] = ['we bind', 'they bind'];

export interface Link {
  readonly ours: SocketType;
  readonly theirs: SocketType;
  readonly binder: Binder;
  readonly transport: Transport;
}

/** The part of a title that says who talks to whom, and how. */
export function linkTitle(flavour: Flavour, { ours, theirs, binder, transport }: Link): string {
  return `our ${ours} – ${flavour.name} ${theirs}, ${binder}, ${transport}`;
}

/** Every way to join two socket types: both binders, all transports. */
export function links(pairs: readonly (readonly [ours: SocketType, theirs: SocketType])[]): Link[] {
  return pairs.flatMap(([ours, theirs]) =>
    binders.flatMap((binder) => transports.map((transport) => ({ ours, theirs, binder, transport }))),
  );
}

export class Rig {
  readonly #peer: SharedPeer;
  readonly #cleanups: (() => Promise<void> | void)[] = [];

  constructor(peer: SharedPeer) {
    this.#peer = peer;
  }

  ours(type: SocketType, options: EndOptions = {}): OurSocket {
    const socket = new OurSocket(type, options);
    this.defer(() => socket.close());
    return socket;
  }

  /** The peer process that all cases of the file share. */
  sharedPeer(): Promise<Peer> {
    return this.#peer();
  }

  /** A socket in the shared peer process. */
  async theirs(type: SocketType, options: EndOptions = {}): Promise<PeerSocket> {
    const socket = await (await this.#peer()).socket(type, options);
    this.defer(() => socket.close());
    return socket;
  }

  /** A peer process of the case's own, to be killed or frozen. */
  startPeer(flavour: Flavour): Promise<Peer> {
    const peer = Peer.start(flavour);
    this.defer(async () => (await peer).kill());
    return peer;
  }

  /** Both ends of a link, joined. */
  async join(link: Link, ourOptions: EndOptions = {}, theirOptions: EndOptions = {}): Promise<[OurSocket, PeerSocket]> {
    const ours = this.ours(link.ours, ourOptions);
    const theirs = await this.theirs(link.theirs, theirOptions);
    await this.attach(link, ours, theirs);
    return [ours, theirs];
  }

  /** Binds one end, connects the other, gives the endpoint. */
  async attach({ binder, transport }: Pick<Link, 'binder' | 'transport'>, ours: End, theirs: End): Promise<string> {
    const [binding, connecting] = binder === 'we bind' ? [ours, theirs] : [theirs, ours];
    const endpoint = await binding.bind(this.endpoint(transport));
    await connecting.connect(endpoint);
    return endpoint;
  }

  /** An endpoint nobody has used; for tcp a wildcard port. */
  endpoint(transport: Transport): string {
    return transport === 'tcp' ? 'tcp://127.0.0.1:*' : this.#path();
  }

  /**
   * An endpoint that can be bound again later while others keep dialling it. The port lies below the ephemeral range:
   * a connect loop to a dead port inside that range may be given the same port as its source and meet itself.
   */
  async stableEndpoint(transport: Transport): Promise<string> {
    if (transport === 'ipc') return this.#path();
    for (;;) {
      const port = 20_000 + Math.floor(Math.random() * 12_000);
      if (await isFree(port)) return `tcp://127.0.0.1:${port}`;
    }
  }

  /** Cleanups run last in, first out. */
  defer(cleanup: () => Promise<void> | void): void {
    this.#cleanups.push(cleanup);
  }

  /** Runs every cleanup, whatever becomes of the others, and gives what went wrong. */
  async dismantle(): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  #path(): string {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'zmtp-interop-'));
    this.defer(() => fs.rmSync(directory, { recursive: true, force: true }));
    return `ipc://${directory}/socket`;
  }
}

export async function withRig(peer: SharedPeer, run: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = new Rig(peer);
  const errors: unknown[] = [];
  await run(rig).catch((error) => errors.push(error));
  errors.push(...(await rig.dismantle()));
  if (errors.length > 0) throw errors[0]; // the case's own error comes first
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
