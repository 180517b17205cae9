// Every script of this folder.

import { endpoints } from './endpoints.js';
import { events } from './events.js';
import { messages } from './messages.js';
import { objects } from './objects.js';
import { pipelines, publishing, requests, routers } from './patterns.js';
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
