import { Pull } from 'zeromq';

export async function live(): Promise<boolean> {
  const pull = new Pull();
  const bound: Promise<void> = pull.bind('tcp://127.0.0.1:*');
  await bound;
  const endpoint = pull.lastEndpoint;
  if (endpoint !== null) await pull.unbind(endpoint);
  pull.bindSync('tcp://127.0.0.1:*');
  pull.unbindSync(pull.lastEndpoint!);
  pull.connect('inproc://x');
  pull.disconnect('inproc://x');
  pull.close();
  return pull.closed;
}
