import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../board/host.js';
import { ACCESSES } from './machine-code.js';
import type { AccessResult, CodeResult, NaiveResult, Results, TiersResult } from './results.js';

const page = join(checkout, 'docs', 'fidelity.md');

/** Writes the tables of docs/fidelity.md anew, each between its two marks. */
export function writePage(results: Results): void {
  const tables = {
    accesses: accessTable(results.accesses.filter(({ flags }) => flags === '')),
    flags: flagTable(results.accesses.filter(({ flags }) => flags !== '')),
    mutations: mutationTable(results),
    naive: naiveTables(results.naive),
    code: codeTables(results.code.filter(({ access }) => ACCESSES.includes(access))),
    transfers: transferTable(results.code.filter(({ access }) => !ACCESSES.includes(access))),
    tiers: tiersTable(results.tiers),
  };
  let text = readFileSync(page, 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
    const [start, stop] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
    text = `${text.slice(0, start)}\n\n${table}\n\n${text.slice(stop)}`;
  }
  writeFileSync(page, text);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'Not measured yet.';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

function groups<T>(list: readonly T[], key: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of list) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found.values()];
}

/** Accesses compared and mismatches, over all devices. */
function sum(results: readonly AccessResult[]): [string, string] {
  const total = (field: 'compared' | 'mismatches') =>
    number(results.reduce((count, result) => count + result[field], 0));
  return results.length === 0 ? ['', ''] : [total('compared'), total('mismatches')];
}

function accessTable(results: readonly AccessResult[]): string {
  const rows = groups(results, ({ machine, runtime }) => `${machine} ${runtime}`).map((group) => {
    const engine = (name: string) => sum(group.filter((result) => result.engine === name));
    const [first] = group;
    const date = group.map((result) => result.date).sort()[0] ?? '';
    return [
      first?.runtime ?? '',
      ARCHITECTURES[first?.machine ?? ''] ?? '',
      ...engine('window'),
      ...engine('native'),
      date,
    ];
  });
  const heads = [
    'runtime',
    'architecture',
    'window: compared',
    'mismatches',
    'native: compared',
    'mismatches',
    'date',
  ];
  return table(heads, rows);
}

function flagTable(results: readonly AccessResult[]): string {
  const sorted = results.toSorted((one, other) => one.runtime.localeCompare(other.runtime));
  const rows = sorted.map((result) => [result.runtime, `\`${result.flags}\``, ...sum([result])]);
  return table(['runtime', 'flags', 'window: compared', 'mismatches'], rows);
}

function mutationTable({ mutations }: Results): string {
  const rows = groups(mutations, ({ name }) => name).map((group) => {
    const [first] = group;
    const kinds = new Set(
      group.map(({ found, caught }) => (caught ? Object.keys(found).join(', ') : 'NOT CAUGHT')),
    );
    const where = group.map(
      ({ runtime, machine }) => `${runtime.replace(/ \(.*/, '')} ${ARCHITECTURES[machine]}`,
    );
    return [first?.name ?? '', [...kinds].join(', '), where.join(', ')];
  });
  return table(['what was done', 'found as', 'on'], rows);
}

const TOOLS = ['Uint32Array', 'DataView', 'Buffer', 'Atomics'];

/** For each runtime a table of the accesses that were seen; what is not as said is bold. */
function naiveTables(results: readonly NaiveResult[]): string {
  const sections = groups(results, ({ machine, runtime }) => `${runtime}, ${ARCHITECTURES[machine]}`).map(
    (group) => {
      const rows = groups(group, ({ pattern }) => pattern).map((ofPattern) => {
        const cells = TOOLS.map((tool) => {
          const result = ofPattern.find((candidate) => candidate.tool === tool);
          if (result === undefined) return '';
          return Object.keys(result.found).length === 0 ? 'as said' : `**${number(result.seen)}**`;
        });
        return [ofPattern[0]?.pattern ?? '', number(ofPattern[0]?.said ?? 0), ...cells];
      });
      const title = `${group[0]?.runtime}, ${ARCHITECTURES[group[0]?.machine ?? '']}:`;
      return `${title}\n\n${table(['pattern', 'said', ...TOOLS], rows)}`;
    },
  );
  return sections.join('\n\n') || 'Not measured yet.';
}

function codeTables(results: readonly CodeResult[]): string {
  const sections = groups(results, ({ machine }) => machine).map((group) => {
    const origins = [...new Set(group.map(({ origin }) => origin))];
    const rows = groups(group, ({ access }) => access).map((ofAccess) => [
      ofAccess[0]?.access ?? '',
      ...origins.map((origin) => {
        const found = ofAccess.find((candidate) => candidate.origin === origin);
        return (found?.instructions ?? []).map((instruction) => `\`${instruction}\``).join('<br>');
      }),
    ]);
    return `${ARCHITECTURES[group[0]?.machine ?? '']}:\n\n${table(['access', ...origins], rows)}`;
  });
  return sections.join('\n\n') || 'Not measured yet.';
}

/** The access of each transfer of the C core, on both machines. */
function transferTable(results: readonly CodeResult[]): string {
  const rows = groups(results, ({ access }) => access).map((group) => [
    group[0]?.access ?? '',
    ...Object.keys(ARCHITECTURES).map((machine) => {
      const found = group.find((candidate) => candidate.machine === machine);
      return found === undefined ? '' : `\`${found.instructions.join('; ')}\`, one of ${found.loop}`;
    }),
  ]);
  return table(['transfer', ...Object.values(ARCHITECTURES)], rows);
}

function tiersTable(results: readonly TiersResult[]): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => `${count} ${name}`)
      .join('; ');
  const rows = results.map(({ runtime, machine, patterns, window }) => [
    `${runtime.replace(/ \(.*/, '')} ${ARCHITECTURES[machine]}`,
    list(patterns),
    list(window),
  ]);
  return table(['runtime', 'patterns', "the window's functions"], rows);
}
