/**
 * The library under test, as every file of the interop suite imports it. The suite uses only what zeromq.js 6 has too,
 * so pointing this one line at `zeromq` runs it with libzmq on both sides: the way to tell a wrong test from a bug.
 */
export * from '../../src/index.js';
