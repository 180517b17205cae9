import { XPublisher } from 'zeromq';

const xpub = new XPublisher({ verbosity: 'allSubs', manual: true, welcomeMessage: 'hello', noDrop: true });
xpub.verbosity = null;
xpub.verbosity = 'allSubsUnsubs';
xpub.welcomeMessage = null;
xpub.manual = false;
xpub.invertMatching = true;
export async function subscriptions(): Promise<void> {
  for await (const [message] of xpub) await xpub.send(message as Buffer);
}
