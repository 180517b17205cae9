/**
 * `--secure`: gates and those who use them prove to each other who they are, and nobody else can read along (CURVE). The keys
 * are files in the folder of the gates, made by whoever is first to need one:
 *
 *   secure/gates/NAME.key_secret   a gate's own key, and NAME.key, the public half by which clients know it
 *   secure/client.key_secret       what the programs of this folder prove to have, and client.key
 *   secure/clients/*.key           who may come in: client.key, and the public key of everybody else who shall
 *
 * Secret keys can be read by this user only; the package refuses files that others can read, and folders that others can
 * write to.
 */

import { join } from 'node:path';
import { type Authenticator, KeyStore, ownKeys, writeKeyFile } from '../../src/index.js';

/** Options for the sockets of a gate: none when it is not secured. */
export interface GateSecurity {
  curveServer?: boolean;
  curveSecretKey?: string;
  authenticator?: Authenticator;
}

/** Options for the sockets of those who use one. */
export interface ClientSecurity {
  curveServerKey?: string;
  curvePublicKey?: string;
  curveSecretKey?: string;
}

/** @throws errors of the key files, each with its path and what to do */
export async function gateSecurity(folder: string, name: string, secure: boolean): Promise<GateSecurity> {
  if (!secure) return {};
  const { secretKey } = await ownKeys(gatesFolder(folder), name);
  const { authenticator } = await allowedClients(folder);
  return { curveServer: true, curveSecretKey: secretKey, authenticator };
}

/** @throws as above */
export async function clientSecurity(folder: string, gate: string, secure: boolean): Promise<ClientSecurity> {
  if (!secure) return {};
  const { publicKey: curveServerKey } = await ownKeys(gatesFolder(folder), gate);
  const { publicKey: curvePublicKey, secretKey: curveSecretKey } = await ownKeys(secureFolder(folder), CLIENT);
  return { curveServerKey, curvePublicKey, curveSecretKey };
}

/** The first gate of a folder lets the programs of this folder in. */
async function allowedClients(folder: string): Promise<KeyStore> {
  const clients = join(secureFolder(folder), 'clients');
  const { publicKey } = await ownKeys(secureFolder(folder), CLIENT);
  await writeKeyFile(join(clients, `${CLIENT}.key`), { publicKey }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return KeyStore.open(clients);
}

function secureFolder(folder: string): string {
  return join(folder, 'secure');
}

function gatesFolder(folder: string): string {
  return join(secureFolder(folder), 'gates');
}

const CLIENT = 'client';
