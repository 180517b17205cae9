// The pieces that micro.ts measures, which the package does not export: compile.ts makes one file of them and all they need.

export { Pipe } from '../../src/core/pipe.js';
export { FairQueue } from '../../src/patterns/fair-queue.js';
export { TopicTrie } from '../../src/patterns/topic-trie.js';
export { FrameReader } from '../../src/protocol/frame-reader.js';
export { FrameWriter } from '../../src/protocol/frame-writer.js';
