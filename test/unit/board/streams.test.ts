import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MarkedOutput } from '../../../board/streams.js';

/** What a command wrote, and whether its end was seen, when the stream arrives in these pieces. */
function collect(mark: string, pieces: readonly string[]): { text: string; ended: boolean } {
  const seen = { text: '', ended: false };
  const output = new MarkedOutput(
    mark,
    (data) => {
      seen.text += Buffer.from(data).toString('latin1');
    },
    () => {
      seen.ended = true;
    },
  );
  for (const piece of pieces) {
    output.push(Buffer.from(piece, 'latin1'));
  }
  return seen;
}

describe('output up to a mark', () => {
  it('passes everything before the mark on, however the stream is cut', () => {
    const text = fc
      .stringMatching(/^[ab-]{0,30}$/)
      .filter((candidate) => !`${candidate}-ab-`.slice(0, -1).includes('-ab-'));
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (before, first, second) => {
        const stream = `${before}-ab-`;
        const [left = 0, right = 0] = [first % stream.length, second % stream.length].sort((a, b) => a - b);
        const pieces = [stream.slice(0, left), stream.slice(left, right), stream.slice(right)];
        assert.deepEqual(collect('-ab-', pieces), { text: before, ended: true });
      }),
    );
  });

  it('does not wait for more when the bytes cannot be the mark', () => {
    assert.deepEqual(collect('-ab-', ['prompt> ']), { text: 'prompt> ', ended: false });
  });

  it('holds back only what may be the beginning of the mark', () => {
    assert.deepEqual(collect('-ab-', ['x-a']), { text: 'x', ended: false });
    assert.deepEqual(collect('-ab-', ['x-a', 'c']), { text: 'x-ac', ended: false });
  });
});
