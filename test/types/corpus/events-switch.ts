import type { Event, EventType } from 'zeromq';

export const types: EventType[] = ['accept', 'bind', 'end', 'handshake:error:auth'];
export function picture(event: Event): string {
  switch (event.type) {
    case 'bind':
    case 'accept':
    case 'connect':
      return event.address;
    case 'connect:retry':
      return `${event.address} ${event.interval.toFixed()}`;
    case 'bind:error':
    case 'handshake:error:other':
      return `${event.error.code} ${event.error.errno.toFixed()}`;
    case 'handshake:error:protocol':
      return event.error.code === 'ERR_ZMTP_MECHANISM_MISMATCH' ? 'mechanism' : event.error.message;
    case 'handshake:error:auth':
      return event.error.status === 400 ? 'refused' : 'failed';
    case 'end':
      return 'end';
    default:
      return event.type;
  }
}
