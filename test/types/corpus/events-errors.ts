import { Push } from 'zeromq';

const { events } = new Push();
export const log: (string | number)[] = [];
events.on('accept:error', ({ error }) => log.push(error.code, error.errno, error.message));
events.on('bind:error', ({ address, error }) => log.push(address, error.code));
events.on('close:error', ({ error }) => log.push(error.errno));
events.on('handshake:error:protocol', ({ error }) => log.push(error.code));
events.on('handshake:error:auth', ({ error }) => log.push(error.status));
events.on('handshake:error:other', ({ error }) => log.push(error.code, error.errno));
