import { closeSync, openSync, readSync, writeSync } from 'node:fs';

// For programs on the board: what they can ask of the world outside.

const port = '/dev/virtio-ports/board.control';
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Presses the board's power button, which is line 3 of the GPIO: high for a tenth of a second. It returns as soon
 * as the button is down.
 */
export function pressButton(): void {
  request('press-button');
}

/** Asks the launcher for something by name, waits for its answer and returns that. Throws what the launcher reports. */
export function request(name: string, argument?: unknown): unknown {
  const descriptor = openPort();
  try {
    writeSync(descriptor, `${JSON.stringify({ request: name, argument })}\n`);
    const answer = JSON.parse(readLine(descriptor)) as { value?: unknown; error?: string };
    if (answer.error !== undefined) {
      throw new Error(answer.error);
    }
    return answer.value;
  } finally {
    closeSync(descriptor);
  }
}

/** Only one program at a time can have the port open; each holds it for one question and its answer. */
function openPort(): number {
  for (;;) {
    try {
      return openSync(port, 'r+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') {
        throw error;
      }
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

function readLine(descriptor: number): string {
  const piece = Buffer.alloc(4096);
  let line = '';
  while (!line.endsWith('\n')) {
    const length = readSync(descriptor, piece);
    if (length === 0) {
      throw new Error('the board is shutting down');
    }
    line += piece.toString('utf8', 0, length);
  }
  return line;
}
