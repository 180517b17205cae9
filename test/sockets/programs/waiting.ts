// Waits for something that does not come by itself: that keeps a process alive until the parent ends it.

import { endpoints, rule, tell, zmtp } from './program.js';

const [endpoint = ''] = endpoints;

const rules: Record<string, () => unknown> = {
  receive: async () => {
    const pull = new zmtp.Pull();
    pull.connect(endpoint);
    pull.receive().then((message) => tell(String(message)));
  },
  iterate: async () => {
    const pull = new zmtp.Pull();
    pull.connect(endpoint);
    void (async () => {
      for await (const message of pull) {
        tell(String(message));
        pull.close();
      }
    })();
  },
  send: async () => {
    const push = new zmtp.Push({ immediate: true });
    push.connect(endpoint);
    push.send('sent').then(() => tell('sent'));
  },
  'wait-for-peer': async () => {
    const pull = new zmtp.Pull();
    pull.connect(endpoint);
    pull.waitForPeer().then((peer) => tell(peer.socketType));
  },
  'events-receive': async () => {
    const pull = new zmtp.Pull();
    void pull.events.receive().then(({ type }) => tell(type));
    pull.connect(endpoint);
  },
  'events-on': async () => {
    const pull = new zmtp.Pull();
    pull.connect(endpoint);
    pull.events.on('handshake', ({ type }) => {
      tell(type);
      pull.events.close();
    });
  },
};

await rules[rule]?.();
tell('waiting');
