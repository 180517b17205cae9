// Every script of this folder.

import { pipelines, publishing } from './distribution.js';
import { endpoints } from './endpoints.js';
import { events } from './events.js';
import { requests, routers } from './exchanges.js';
import { messages } from './messages.js';
import { objects } from './objects.js';
import type { Behaviours } from './words.js';

export const behaviours: Behaviours = [
  ...messages,
  ...objects,
  ...endpoints,
  ...requests,
  ...routers,
  ...publishing,
  ...pipelines,
  ...events,
];
