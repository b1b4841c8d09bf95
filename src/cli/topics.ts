/* Help on what several commands have in common. */
import { KINDS } from './target.js';

const targets = Object.values(KINDS)
  .map(({ form, about }) => `  ${form.padEnd(22)} ${about}`)
  .join('\n');

export const TOPICS: readonly { name: string; summary: string; text: string }[] = [
  {
    name: 'targets',
    summary: 'how devices are named',
    text: `A TARGET is one of\n\n${targets}\n\nOpening a target accesses none of its registers.`,
  },
  {
    name: 'what',
    summary: 'how registers are named',
    text: [
      'WHAT is one of',
      '',
      '  0x10                   the register at an offset, of --width bits (default 32)',
      '  0x0-0x40               the registers from 0x0 up to, and without, 0x40',
      '  0x0+0x40               the registers in 0x40 bytes from 0x0 on',
      '  0x10:7:4, 0x10:3       bits 7 to 4, bit 3',
      '  CTRL                   a register of the map (--map FILE, or the one that the target brings)',
      '  CTRL.MODE, CTRL:MODE   a field of it; CTRL:7:4 are bits of it',
      "  'CH*.LEN'              every register, or field, that matches; * stands for any text between dots",
      '',
      'Numbers are hexadecimal (0x1f), binary (0b1_1111) or decimal (31).',
    ].join('\n'),
  },
];
