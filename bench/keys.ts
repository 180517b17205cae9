// Fresh CURVE keys for one run; by libzmq, so that they do not depend on what is measured.

import { curveKeyPair } from 'zeromq';
import type { Keys } from './measurement.js';

export function generateKeys(): Keys {
  const server = curveKeyPair();
  const client = curveKeyPair();
  return {
    serverPublic: server.publicKey,
    serverSecret: server.secretKey,
    clientPublic: client.publicKey,
    clientSecret: client.secretKey,
  };
}
