/**
 * `--secure`: the service and its clients prove to each other who they are, and nobody else can read along (CURVE). The keys
 * are files in the home, made at the first start:
 *
 *   keys/daemon.key_secret   the service's own; the public half is in its session, too
 *   keys/client.key_secret   what clients prove to have
 *   clients/*.key            who may come in: client.key, and the public key of everybody else who shall
 *
 * The session says whether the service is a secured one. It is as trustworthy as the token that is in it.
 */

import { join } from 'node:path';
import { type Authenticator, KeyStore, ownKeys, type Session, writeKeyFile } from '../../src/index.js';
import { NAME } from './protocol.js';

export interface ServiceSecurity {
  /** Options of the service's socket. */
  readonly socket: { curveServer?: boolean; curveSecretKey?: string; authenticator?: Authenticator };
  /** For the session. */
  readonly properties: { readonly publicKey?: string };
}

/** @throws errors of the key files, each with its path and what to do */
export async function serviceSecurity(home: string, secure: boolean): Promise<ServiceSecurity> {
  if (!secure) return { socket: {}, properties: {} };
  const { publicKey, secretKey } = await ownKeys(join(home, 'keys'), NAME);
  const { authenticator } = await allowedClients(home);
  return { socket: { curveServer: true, curveSecretKey: secretKey, authenticator }, properties: { publicKey } };
}

/** Options of a client's socket. @throws as above */
export async function clientSecurity(home: string, { properties }: Session): Promise<object> {
  const { publicKey: curveServerKey } = properties;
  if (curveServerKey === undefined) return {};
  const { publicKey: curvePublicKey, secretKey: curveSecretKey } = await ownKeys(join(home, 'keys'), CLIENT);
  return { curveServerKey, curvePublicKey, curveSecretKey };
}

/** The first start lets the clients of this home in. */
async function allowedClients(home: string): Promise<KeyStore> {
  const folder = join(home, 'clients');
  const { publicKey } = await ownKeys(join(home, 'keys'), CLIENT);
  await writeKeyFile(join(folder, `${CLIENT}.key`), { publicKey }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return KeyStore.open(folder);
}

const CLIENT = 'client';
