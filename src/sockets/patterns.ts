// The pattern behind each socket type, by libzmq's type number.

import { DealerPattern } from '../patterns/dealer.js';
import { PairPattern } from '../patterns/pair.js';
import type { PatternClass } from '../patterns/pattern.js';
import { PubPattern } from '../patterns/pub.js';
import { PullPattern } from '../patterns/pull.js';
import { PushPattern } from '../patterns/push.js';
import { RepPattern } from '../patterns/rep.js';
import { ReqPattern } from '../patterns/req.js';
import { RouterPattern } from '../patterns/router.js';
import { StreamPattern } from '../patterns/stream.js';
import { SubPattern } from '../patterns/sub.js';
import { XpubPattern } from '../patterns/xpub.js';
import { XsubPattern } from '../patterns/xsub.js';

export const PATTERNS: readonly PatternClass[] = Object.freeze([
  PairPattern,
  PubPattern,
  SubPattern,
  ReqPattern,
  RepPattern,
  DealerPattern,
  RouterPattern,
  PullPattern,
  PushPattern,
  XpubPattern,
  XsubPattern,
  StreamPattern,
]);
