import { type Context, type Dealer, type Pull, type SocketOptions, XPublisher } from 'zeromq';

export const dealer: SocketOptions<Dealer> = {
  linger: 1,
  routingId: 'x',
  sendTimeout: 1,
  receiveTimeout: 1,
  ipv6: true,
};
export const pull: SocketOptions<Pull> = { receiveHighWaterMark: 1, immediate: true };
export const xpub: SocketOptions<XPublisher> = { verbosity: null, welcomeMessage: null };
export function withContext(context: Context): SocketOptions<Pull> {
  return { ...pull, context };
}
export const made = new XPublisher(xpub);
export type Keys = keyof SocketOptions<Pull>;
export const key: Keys = 'receiveTimeout';
