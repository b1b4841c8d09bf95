/* How the command ends. docs/cli.md lists the codes. */

export const EXIT = {
  done: 0,
  /** The command line cannot be understood, or names what a register map does not have. */
  usage: 1,
  /** The device, the kernel or a file refused. */
  device: 2,
  /** What was waited for or verified is not so. */
  unmet: 3,
} as const;

/** The command line is wrong; nothing was accessed. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A condition that was asked for does not hold. */
export class UnmetError extends Error {
  override name = 'UnmetError';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof UnmetError ? EXIT.unmet : EXIT.device;
}
