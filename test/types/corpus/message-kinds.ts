import { type MessageLike, Push } from 'zeromq';

const push = new Push();
const kinds: MessageLike[] = [
  'text',
  1,
  null,
  Buffer.from('b'),
  new Uint8Array(2),
  new Float64Array(1),
  new DataView(new ArrayBuffer(1)),
  new ArrayBuffer(3),
  new SharedArrayBuffer(4),
];
export async function send(): Promise<void> {
  for (const kind of kinds) await push.send(kind);
  await push.send(kinds);
  await push.send(['mixed', 1, null, Buffer.alloc(0)]);
}
