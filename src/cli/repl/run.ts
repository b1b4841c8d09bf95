/* The prompt of `mmapio repl`. */
import { start } from 'node:repl';
import { inspect } from 'node:util';
import { paint, print } from '../output.js';
import type { Session } from '../session.js';
import { complete } from './complete.js';

/** Numbers in hexadecimal too, because that is how registers are read. */
function show(value: unknown): string {
  const text = inspect(value, { colors: paint('bold', 'x') !== 'x', depth: 3 });
  const whole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  return whole && value >= 10 ? `${text} (0x${value.toString(16)})` : text;
}

/** Until the user leaves it. */
export function runRepl({ target, io, map }: Session): Promise<void> {
  const regs = (map?.at(io) ?? {}) as Record<string, unknown>;
  const names = { ...regs, regs, io };
  if (process.stdin.isTTY) {
    const known = Object.keys(regs);
    print(
      `${target.name}: io${known.length > 0 ? `, regs (${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''})` : ''}`,
    );
    print(paint('dim', 'Tab completes, .exit or Ctrl-D leaves'));
  }
  const server = start({
    prompt: 'mmapio> ',
    // A preview evaluates what is not entered yet.
    preview: false,
    writer: show,
    completer: (line: string) => complete(line, names),
  });
  Object.assign(server.context, names);
  return new Promise((resolve) => server.on('exit', resolve));
}
