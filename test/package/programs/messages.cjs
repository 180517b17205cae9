const { Pair } = require('zeromq');

const VALUES = [
  'text',
  'ünï',
  '',
  0,
  1.5,
  -3,
  null,
  Buffer.from([1, 2, 3]),
  new Uint8Array([4, 5]),
  new Uint16Array([258]),
  new Uint8Array([6, 7, 8]).buffer,
  ['a', 1, null, Buffer.from('z')],
  true,
  10n,
  { toString: () => 'object' },
];

async function main() {
  const [a, b] = [new Pair(), new Pair()];
  await a.bind('inproc://pair');
  b.connect('inproc://pair');
  for (const value of VALUES) {
    await a.send(value);
    console.log((await b.receive()).map((part) => part.toString('hex')));
  }
  for (const wrong of [[], [undefined], [Symbol('x')]]) {
    try {
      await a.send(...wrong);
    } catch (error) {
      console.log(error.constructor.name, error.message);
    }
  }
}

main();
