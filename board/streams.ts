import type { Readable } from 'node:stream';

/** Calls `receive` for every whole line of a stream of text, and `end` when the stream is over, however it ended. */
export function lines(stream: Readable, receive: (line: string) => void, end: () => void = () => {}): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      receive(line);
    }
  });
  stream.on('error', () => {});
  stream.on('close', end);
}

/** The last part of a text that only matters when something goes wrong. */
export class Tail {
  #text = '';
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  append(text: string): void {
    this.#text = (this.#text + text).slice(-this.#limit);
  }

  toString(): string {
    return this.#text;
  }
}

/**
 * Splits a stream of bytes at a mark: what stands before it belongs to one command, what follows to the next. The mark
 * may arrive in pieces; bytes that may be its beginning are held back until that is decided.
 */
export class MarkedOutput {
  readonly #mark: Buffer;
  readonly #write: (data: Uint8Array) => void;
  readonly #done: () => void;
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: string, write: (data: Uint8Array) => void, done: () => void) {
    this.#mark = Buffer.from(mark);
    this.#write = write;
    this.#done = done;
  }

  push(data: Uint8Array): void {
    const bytes = Buffer.concat([this.#held, data]);
    const end = bytes.indexOf(this.#mark);
    const length = end >= 0 ? end : bytes.length - this.#begunMark(bytes);
    if (length > 0) {
      this.#write(bytes.subarray(0, length));
    }
    if (end >= 0) {
      this.#held = Buffer.alloc(0);
      this.#done();
    } else {
      this.#held = bytes.subarray(length);
    }
  }

  /** How many bytes at the end of `bytes` are the beginning of the mark. */
  #begunMark(bytes: Buffer): number {
    for (let length = Math.min(this.#mark.length - 1, bytes.length); length > 0; length--) {
      if (bytes.subarray(bytes.length - length).equals(this.#mark.subarray(0, length))) {
        return length;
      }
    }
    return 0;
  }
}
