import { writeFile } from 'node:fs/promises';
import { type Command, createCommand } from 'commander';
import { SystemError } from '../../errors.js';
import { readMapFile } from '../map.js';

interface TypesOptions {
  output?: string;
  overrides?: string;
  peripheral?: string[];
}

const collect = (name: string, names: string[] = []) => [...names, name];

async function types(file: string, options: TypesOptions): Promise<void> {
  const device = await readMapFile(file, options.overrides);
  const { generateTypes } = await import('../../import/index.js');
  const text = generateTypes(device, { peripherals: options.peripheral });
  if (options.output === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(options.output, text);
  } catch (error) {
    throw SystemError.from(error);
  }
}

export function typesCommand(): Command {
  return createCommand('types')
    .summary('make a TypeScript module from a register description')
    .description(
      'Writes a TypeScript module with a register map for every peripheral that FILE describes: CMSIS-SVD, IP-XACT, ' +
        "Vivado .hwh or .xsa, LiteX csr.json or csr.csv, or mmapio's own JSON. Accesses: none.",
    )
    .argument('<file>', 'register description')
    .option('-p, --peripheral <name>', 'only this peripheral; may be given more than once', collect)
    .option('--overrides <file>', 'corrections to the description, as JSON')
    .option('-o, --output <file>', 'where to write (default: standard output)')
    .action(types);
}

export const typesExamples = [
  ['mmapio types fu540.svd -p UART0 -o uart.ts', 'a module with the registers of UART0'],
] as const;
