// What the package's name loads: everything in index.ts, and as default export all of it in one object. zeromq.js is a
// CommonJS module, so its users may write `import zmq from 'zeromq'` as well as `import * as zmq` and `{ Push }`.

export * from './index.js';
export * as default from './index.js';
