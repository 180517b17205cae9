const { Dealer, Router } = require('zeromq');

(async () => {
  const router = new Router({ mandatory: true });
  await router.bind('tcp://127.0.0.1:*');
  const dealers = ['a', 'b'].map((routingId) => new Dealer({ routingId, linger: 0 }));
  for (const dealer of dealers) {
    dealer.connect(router.lastEndpoint);
    await dealer.send(['', `from ${dealer.routingId}`]);
  }
  const seen = [await router.receive(), await router.receive()].map((frames) => frames.join('|'));
  console.log(seen.sort());
  await router.send(['b', '', 'hello b']);
  await router.send(['a', '', 'hello a']);
  for (const dealer of dealers) console.log((await dealer.receive()).map(String));
  try {
    await router.send(['nobody', 'lost']);
  } catch (error) {
    console.log(error.code, error.message, error.errno);
  }
})();
