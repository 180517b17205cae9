// Loads CURVE (curve.ts), which is a file of its own beside the rest of the library, and the library that does its cryptography.
// Called by the Workshop when CURVE is about to be spoken, and not before: a program without CURVE reads neither.

import type { Curve } from './curve.js';

export async function loadCurve(): Promise<Curve> {
  const { Curve, loadSodium } = await import('./curve.js');
  return new Curve(await loadSodium());
}
