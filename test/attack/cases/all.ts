// All wire cases. A file of its own, so that the index and every stage see the same ones.

import type { WireCase } from '../wire-case.js';
import { commandCases } from './commands.js';
import { framingCases } from './framing.js';
import { greetingCases } from './greeting.js';
import { metadataCases } from './metadata.js';
import { patternCases } from './patterns.js';

export const wireCases: readonly WireCase[] = [
  ...greetingCases,
  ...framingCases,
  ...commandCases,
  ...metadataCases,
  ...patternCases,
];
