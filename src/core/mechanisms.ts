// Which security mechanism the options select, and what it is made of (RFC 23 §Security). One for each connection; called
// by newSession, and by Endpoints to refuse options with which no handshake could ever succeed.

import { zmqError } from '../errors.js';
import type { Mechanism } from '../protocol/mechanism.js';
import type { Curve } from '../security/curve.js';
import { curvePublicKeyOf } from '../security/curve-keys.js';
import { LateMechanism } from '../security/late-mechanism.js';
import { NullMechanism } from '../security/null.js';
import { PlainClient } from '../security/plain-client.js';
import { PlainServer } from '../security/plain-server.js';
import { EMPTY } from '../util/bytes.js';
import { asksAboutNull } from './admission.js';
import type { OptionValues } from './options.js';
import type { Workshop } from './workshop.js';

/** @param metadata what we announce, encoded */
export function newMechanism(options: OptionValues, metadata: Buffer, workshop: Workshop): Mechanism {
  const { mechanism, asServer, plainUsername, plainPassword, curveSecretKey, curveServerKey } = options;
  if (mechanism === 'NULL') return new NullMechanism(metadata, asksAboutNull(options));
  if (mechanism === 'PLAIN') {
    if (asServer) return new PlainServer(metadata);
    return new PlainClient({ metadata, username: plainUsername ?? EMPTY, password: plainPassword ?? EMPTY });
  }
  const secretKey = curveSecretKey as Buffer;
  const make = (curve: Curve): Mechanism =>
    asServer ? curve.server(metadata, secretKey) : curve.client(metadata, secretKey, curveServerKey as Buffer);
  const { curve } = workshop;
  return curve === undefined
    ? new LateMechanism(mechanism, asServer, () => make(workshop.curve as Curve))
    : make(curve);
}

/**
 * libzmq takes keys that are not there for zeros, and every handshake fails. Nor can one succeed with keys that do not belong
 * together.
 * @throws EINVAL when CURVE is selected and a key is missing or wrong
 */
export function checkMechanism(options: OptionValues, endpoint: string): void {
  const { mechanism, asServer, curvePublicKey, curveSecretKey, curveServerKey } = options;
  if (mechanism !== 'CURVE') return;
  const side = asServer ? 'server' : 'client';
  if (curveSecretKey === undefined) {
    throw zmqError('EINVAL', `a CURVE ${side} needs a curveSecretKey; curveKeyPair() makes one`, endpoint);
  }
  // The server's is no part of the protocol: libzmq never looks at it, and programs leave it out or wrong.
  if (asServer) return;
  if (curveServerKey === undefined) {
    const text =
      'a CURVE client needs a curveServerKey, the public key of the server; a server sets curveServer to true';
    throw zmqError('EINVAL', text, endpoint);
  }
  if (curvePublicKey !== undefined && !curvePublicKey.equals(curvePublicKeyOf(curveSecretKey))) {
    throw zmqError('EINVAL', 'curvePublicKey is not the public key of curveSecretKey', endpoint);
  }
}
