import { curveKeyPair, Router, type Socket } from 'zeromq';

const { publicKey, secretKey }: { publicKey: string; secretKey: string } = curveKeyPair();
export const server = new Router({
  curveServer: true,
  curvePublicKey: publicKey,
  curveSecretKey: secretKey,
  zapDomain: 'global',
  zapEnforceDomain: true,
});
export function client(socket: Socket, serverKey: string | null): null | 'plain' | 'curve' | 'gssapi' {
  socket.curveServerKey = serverKey;
  socket.curveServer = false;
  socket.plainServer = false;
  socket.plainUsername = 'user';
  socket.plainPassword = null;
  return socket.securityMechanism;
}
