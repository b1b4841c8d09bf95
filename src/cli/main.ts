#!/usr/bin/env node
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { generateTypes, readDescription } from '../import/index.js';

const USAGE = `Usage: mmapio types FILE [--peripheral NAME]... [--overrides FILE] [--output FILE]

Writes a TypeScript module with a register map for every peripheral that FILE describes: CMSIS-SVD, IP-XACT,
Vivado .hwh or .xsa, LiteX csr.json or csr.csv, or mmapio's own JSON.

  --peripheral NAME  only this peripheral; may be given more than once
  --overrides FILE   corrections to the description, as JSON
  --output FILE      where to write; standard output when absent
`;

/** Exit codes: 0 done, 1 wrong usage, 2 the file cannot be read or used. */
class UsageError extends Error {}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        output: { type: 'string', short: 'o' },
        overrides: { type: 'string' },
        peripheral: { type: 'string', multiple: true, short: 'p' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [command, file, ...rest] = positionals;
  if (command !== 'types') throw new UsageError(`unknown command '${command ?? ''}'`);
  if (file === undefined || rest.length > 0) throw new UsageError('types takes one file');
  const device = await readDescription(file, { overrides: values.overrides });
  for (const { message } of device.warnings) process.stderr.write(`warning: ${message}\n`);
  const text = generateTypes(device, { peripherals: values.peripheral });
  if (values.output === undefined) process.stdout.write(text);
  else await writeFile(values.output, text);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`mmapio: ${(error as Error).message}\n${usage ? `\n${USAGE}` : ''}`);
  process.exitCode = usage ? 1 : 2;
}
