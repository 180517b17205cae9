// The wire cases against a socket that has connected: its server misbehaves, and a good one takes its place.

import { playAll } from './play-all.js';

playAll('connected');
