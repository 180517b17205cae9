const { Dealer, Proxy, Pull, Router } = require('zeromq');

function attempt(name, action) {
  try {
    console.log(name, typeof action());
  } catch (error) {
    console.log(name, error instanceof TypeError, error.code, error.message);
  }
}

async function main() {
  attempt('nothing', () => new Proxy());
  attempt('one', () => new Proxy(new Pull()));
  attempt('objects', () => new Proxy({}, {}));
  attempt('null', () => new Proxy(new Pull(), null));
  const [front, back] = [new Router(), new Dealer()];
  const proxy = new Proxy(front, back);
  for (const verb of ['pause', 'resume', 'terminate', 'run']) attempt(verb, () => proxy[verb]());
  attempt('argument', () => proxy.run(1));
  attempt('read-only', () => {
    'use strict';
    proxy.frontEnd = back;
  });
  await front.bind('tcp://127.0.0.1:*');
  attempt('half', () => proxy.run());
  await back.bind('tcp://127.0.0.1:*');
  const running = proxy.run();
  for (const verb of ['send', 'bind', 'unbind', 'connect', 'disconnect', 'bindSync']) {
    attempt(verb, () => front[verb]('tcp://127.0.0.1:1'));
  }
  attempt('receive', () => back.receive());
  attempt('state', () => `${front.closed} ${back.closed}`);
  proxy.terminate();
  console.log(await running);
  for (const verb of ['pause', 'resume', 'terminate', 'run']) attempt(verb, () => proxy[verb]());
}

main();
