// What is fuzzed unless told otherwise: this library's connection. A module of its own, so that the counters can be on before it is loaded.

import { Connection, type ConnectionEvents, type ConnectionOptions } from '../../src/protocol/connection.js';

export function connect(options: ConnectionOptions, events: ConnectionEvents): Connection {
  return new Connection(options, events);
}
