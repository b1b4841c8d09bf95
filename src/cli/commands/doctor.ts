import { type Command, createCommand } from 'commander';
import { UnmetError } from '../exit.js';
import { withJson } from '../options.js';
import { paint, print, printJson, type Style } from '../output.js';
import { roots } from '../target.js';

/** What was found, and what to do about it. */
export interface Finding {
  subject: string;
  /** `problem`: mmapio cannot work; `note`: some devices or ways of access are not to be had. */
  state: 'good' | 'note' | 'problem';
  text: string;
  remedy?: string;
}

const MARKS: Readonly<Record<Finding['state'], { mark: string; style: Style }>> = {
  good: { mark: '✓', style: 'green' },
  note: { mark: '!', style: 'yellow' },
  problem: { mark: '✗', style: 'red' },
};

async function doctor(options: { json?: boolean }): Promise<void> {
  const { examine } = await import('../doctor/examine.js');
  const findings = await examine(roots());
  if (options.json) printJson(findings);
  else {
    for (const { subject, state, text, remedy } of findings) {
      const { mark, style } = MARKS[state];
      print(`${paint(style, mark)} ${paint('bold', subject)}: ${text}`);
      if (remedy !== undefined) print(`    ${remedy}`);
    }
  }
  const problems = findings.filter(({ state }) => state === 'problem').length;
  if (problems > 0) throw new UnmetError(`${problems} problem${problems > 1 ? 's' : ''} found`);
}

export function doctorCommand(): Command {
  return withJson(createCommand('doctor'))
    .summary('find out what stands in the way on this machine')
    .description(
      'Looks at the runtime, the engine, the kernel, its protections and drivers, and the permissions of device nodes, and ' +
        'says what to do about each obstacle. Accesses: none; no device is opened. Exit code 3 where mmapio cannot work.',
    )
    .action(doctor);
}

export const doctorExamples = [
  ['mmapio doctor', ''],
  ['mmapio doctor --json', 'for a bug report'],
] as const;
