import { Push } from 'zeromq';

const { events } = new Push();
export const log: (string | number)[] = [];
events.on('bind', ({ address }) => log.push(address));
events.on('accept', (event) => log.push(event.type, event.address));
events.on('connect', ({ address }) => log.push(address));
events.on('connect:delay', ({ address }) => log.push(address));
events.on('connect:retry', ({ address, interval }) => log.push(address, interval));
events.on('close', ({ address }) => log.push(address));
events.on('disconnect', ({ address }) => log.push(address));
events.on('handshake', ({ address }) => log.push(address));
events.on('end', ({ type }) => log.push(type));
events.on('unknown', ({ type }) => log.push(type));
