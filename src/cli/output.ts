/* What every command prints with: columns, colours where they are wanted, JSON. */
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** Whether standard output is a terminal that shows colours; NO_COLOR and TERM=dumb switch them off. */
const coloured = process.stdout.isTTY === true && process.stdout.hasColors(16);

export function paint(style: Style, text: string): string {
  return coloured && text !== '' ? styleText(style, text) : text;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** For what is no result: notes, progress, warnings. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One document, or one line where results come one by one. */
export function printJson(value: unknown, layout: 'document' | 'line' = 'document'): void {
  print(JSON.stringify(value, bigintAsHex, layout === 'document' ? 2 : undefined));
}

function bigintAsHex(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}

/** A cell with its colour, which does not count for its width. */
export type Cell = string | { text: string; style: Style };

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text);

/** Rows in columns, two spaces apart; the last column is not padded. */
export function columns(rows: readonly (readonly Cell[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.slice(0, -1).entries()) {
      widths[index] = Math.max(widths[index] ?? 0, textOf(cell).length);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const text = textOf(cell);
        const padding = index === row.length - 1 ? '' : ' '.repeat((widths[index] ?? 0) - text.length);
        return (typeof cell === 'string' ? text : paint(cell.style, text)) + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Branches of a tree, drawn with lines. */
export interface Branch {
  text: string;
  children?: Branch[];
}

export function tree(branches: readonly Branch[], indent = ''): string[] {
  return branches.flatMap(({ text, children = [] }, index) => {
    const last = index === branches.length - 1;
    const line = `${indent}${last ? '└─ ' : '├─ '}${text}`;
    return [line, ...tree(children, `${indent}${last ? '   ' : '│  '}`)];
  });
}
