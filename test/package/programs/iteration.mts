import { type Message, Pull, Push } from 'zeromq';

const pull = new Pull();
await pull.bind('inproc://work');
const push = new Push();
push.connect('inproc://work');

async function produce(): Promise<void> {
  for (const word of ['one', 'two', 'three', 'stop']) await push.send([word, Buffer.of(word.length)]);
}

async function consume(): Promise<string[]> {
  const words: string[] = [];
  for await (const [word, length] of pull as AsyncIterable<Message[]>) {
    if (`${word}` === 'stop') break;
    words.push(`${word}:${length?.[0]}`);
  }
  return words;
}

const [, words] = await Promise.all([produce(), consume()]);
console.log(words, pull.closed);
const rest = consume();
pull.close();
console.log(await rest);
