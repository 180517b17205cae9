// Makes an input that breaks an invariant smaller while it still breaks the same one.

import { edited, type Input, type Piece } from './input.js';

/** @param fails whether an input still shows the same finding */
export function minimized(input: Input, fails: (candidate: Input) => boolean): Input {
  let best = input;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(best)) {
      if (!fails(candidate)) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
}

function* smaller(input: Input): Generator<Input> {
  const { pieces, cuts, answers, deeds } = input;
  if (deeds.length > 0) yield { ...input, deeds: [] };
  if (answers.length > 0) yield { ...input, answers: [] };
  for (let i = 0; i < pieces.length; i++) yield { ...input, pieces: pieces.toSpliced(i, 1) };
  for (let i = 0; i < deeds.length && deeds.length > 1; i++) yield { ...input, deeds: deeds.toSpliced(i, 1) };
  for (let i = 0; i < cuts.length && cuts.length > 1; i++) yield { ...input, cuts: cuts.toSpliced(i, 1) };
  for (const [i, piece] of pieces.entries())
    for (const less of shorter(piece)) yield { ...input, pieces: pieces.toSpliced(i, 1, less) };
}

function* shorter(piece: Piece): Generator<Piece> {
  if (!Buffer.isBuffer(piece)) {
    for (let i = 0; i < piece.edits.length; i++) yield { ...piece, edits: piece.edits.toSpliced(i, 1) };
    return;
  }
  for (let size = piece.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at + size <= piece.length && at / size < 64; at += size)
      yield edited(piece, [{ op: 'cut', at, size }]);
}
