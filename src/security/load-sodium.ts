// Loads the library that does CURVE's cryptography (libsodium, compiled to WebAssembly). Part of what load-curve.ts loads: a program
// without CURVE never reads it.

import { node } from '../util/node-modules.js';
import { type RawSodium, Sodium } from './sodium.js';

const WORD_END = 2 ** 32;

export async function loadSodium(): Promise<Sodium> {
  const { default: instantiate } = await import('libsodium-sumo');
  return new Sodium((await instantiate({ getRandomValue: () => node.crypto.randomInt(WORD_END) })) as RawSodium);
}
