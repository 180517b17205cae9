import type { Socket } from 'zeromq';

export function gssapi(socket: Socket): boolean {
  socket.gssapiServer = true;
  socket.gssapiPrincipal = 'p';
  socket.gssapiServicePrincipal = null;
  socket.gssapiPlainText = false;
  socket.gssapiPrincipalNameType = 'hostBased';
  socket.gssapiServicePrincipalNameType = 'krb5Principal';
  socket.gssapiPrincipalNameType = 'userName';
  return socket.gssapiServer;
}
