import type { MemoryMappedIO } from 'mmapio';
import { Random } from '../random.js';
import type { Say, Width } from './statement.js';

/** A statement of a random program: one access, or a loop. */
type Node =
  | { kind: 'read'; width: Width; offset: number; used: boolean }
  | { kind: 'write'; width: Width; offset: number; value: bigint }
  | { kind: 'loop'; times: number; body: Node[] };

/** Where a program may access and with which widths. */
export interface Playground {
  offset: number;
  length: number;
  registers?: number;
  widths: readonly Width[];
}

/** A program that was made up from a seed: code to run, and the accesses it says it does. */
export interface RandomProgram {
  /** Puts the values that the program looks at into `got`. */
  run(io: MemoryMappedIO, got: unknown[]): void;
  says(say: Say, got: readonly unknown[]): void;
}

/** Statements in one function: few enough for every compiler to take it on. */
const CHUNK = 60;
const NAMES: Readonly<Record<Width, string>> = { 1: 'Uint8', 2: 'Uint16', 4: 'Uint32', 8: 'Uint64' };

export function randomProgram(seed: number, statements: number, playground: Playground): RandomProgram {
  const random = new Random(seed);
  const nodes = Array.from({ length: statements }, () => randomNode(random, playground, 0));
  const chunks: Node[][] = [];
  for (let i = 0; i < nodes.length; i += CHUNK) chunks.push(nodes.slice(i, i + CHUNK));
  const code = chunks.map((chunk) => `(io, got) => {\n${chunk.map(source).join('\n')}\n}`);
  const functions = new Function(`return [${code.join(',\n')}];`)() as ((
    io: MemoryMappedIO,
    got: unknown[],
  ) => void)[];
  return {
    run(io, got) {
      for (const chunk of functions) chunk(io, got);
    },
    says(say, got) {
      sayNodes(nodes, say, got[Symbol.iterator]());
    },
  };
}

function randomNode(random: Random, playground: Playground, depth: number): Node {
  if (depth < 2 && random.below(12) === 0) {
    const body = Array.from({ length: 1 + random.below(5) }, () => randomNode(random, playground, depth + 1));
    return { kind: 'loop', times: 1 + random.below(4), body };
  }
  const width = random.oneOf(playground.widths);
  // few registers, so that the same ones come again and again
  const registers = Math.min(Math.floor(playground.length / width), playground.registers ?? 8, 8);
  const offset = playground.offset + width * random.below(registers);
  if (random.below(2) === 0) return { kind: 'read', width, offset, used: random.below(2) === 0 };
  const value = random.below(4) === 0 ? 0n : (BigInt(random.next()) << 32n) | BigInt(random.next());
  return { kind: 'write', width, offset, value: BigInt.asUintN(width * 8, value) };
}

function source(node: Node): string {
  switch (node.kind) {
    case 'loop':
      return `for (let i = 0; i < ${node.times}; i++) {\n${node.body.map(source).join('\n')}\n}`;
    case 'write': {
      const suffix = node.width === 8 ? 'n' : '';
      return `io.write${NAMES[node.width]}(${node.offset}, ${node.value}${suffix});`;
    }
    default: {
      const read = `io.read${NAMES[node.width]}(${node.offset})`;
      return node.used ? `got.push(${read});` : `${read};`;
    }
  }
}

function sayNodes(nodes: readonly Node[], say: Say, got: Iterator<unknown>): void {
  for (const node of nodes) {
    if (node.kind === 'loop') {
      for (let i = 0; i < node.times; i++) sayNodes(node.body, say, got);
    } else if (node.kind === 'write') {
      say.write(node.offset, node.value, node.width);
    } else {
      say.read(node.offset, node.used ? (got.next().value as number | bigint) : undefined, node.width);
    }
  }
}
