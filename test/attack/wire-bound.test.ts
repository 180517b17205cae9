// The wire cases against a socket that has bound.

import { playAll } from './play-all.js';

playAll('bound');
