// Topics as users give them, for subscribe and unsubscribe of SUB and XPUB.

import { describe, typeError } from '../errors.js';
import { EMPTY } from '../util/bytes.js';

/** No prefix at all stands for the empty one, which every message begins with. @throws TypeError */
export function toTopics(prefixes: readonly unknown[]): Buffer[] {
  return prefixes.length === 0 ? [EMPTY] : prefixes.map(toTopic);
}

function toTopic(prefix: unknown): Buffer {
  if (typeof prefix === 'string') return Buffer.from(prefix);
  if (prefix instanceof Uint8Array) return Buffer.from(prefix);
  if (prefix === null) return EMPTY;
  throw typeError('Option value must be a string or buffer', `a topic is not ${describe(prefix)}`);
}
