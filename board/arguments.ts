import { parseArgs } from 'node:util';
import { BoardError } from './errors.js';

/** The command line, understood. */
export interface BoardArguments {
  action:
    | { kind: 'repl' }
    | { kind: 'script'; script: string; args: string[] }
    | { kind: 'tests'; files: string[] }
    | { kind: 'command'; command: string }
    | { kind: 'prepare' }
    | { kind: 'help' };
  /** Name of the machine, when given. */
  machine: string | undefined;
  /** Version of Node.js in the guest, when given. */
  node: string | undefined;
  /** Files and directories to take along. */
  with: string[];
  /** Environment variables for the guest's program, as `NAME=value`. */
  env: string[];
  /** Where the kernel's console is written to when the board has ended. */
  consoleLog: string | undefined;
}

export const usage = `Usage: npm run board                                     a Node.js prompt on the board
       npm run board -- [options] SCRIPT [ARGUMENTS]     run a script there
       npm run board -- [options] --tests FILE...        run test files or directories with node --test
       npm run board -- [options] --command COMMAND      run a shell command
       npm run board -- --prepare                        fetch and build what is needed, and end

  --machine NAME      arm64 (default), x64, or x64-iommu for VFIO
  --with PATH         take a file or directory along (may be repeated)
  --env NAME=VALUE    set an environment variable (may be repeated)
  --node VERSION      version of Node.js on the board (default: $MMAPIO_BOARD_NODE)
  --console-log FILE  write what the kernel said to a file
  --help              show this text

docs/board.md tells more.
`;

const options = {
  command: { type: 'string' },
  'console-log': { type: 'string' },
  env: { type: 'string', multiple: true },
  help: { type: 'boolean' },
  machine: { type: 'string' },
  node: { type: 'string' },
  prepare: { type: 'boolean' },
  tests: { type: 'boolean' },
  with: { type: 'string', multiple: true },
} as const;

/** Understands the arguments of `npm run board --`; everything after the script's name belongs to the script. */
export function parseArguments(args: readonly string[]): BoardArguments {
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find((token) => token.kind === 'positional' || token.kind === 'option-terminator');
  const end = first?.index ?? args.length;
  const rest = args.slice(first?.kind === 'option-terminator' ? end + 1 : end);
  const { values } = strictly(args.slice(0, end));
  for (const variable of values.env ?? []) {
    if (!/^\w+=/.test(variable)) {
      throw new BoardError(`--env takes NAME=VALUE, not ${variable}.`);
    }
  }
  return {
    action: action(values, rest),
    machine: values.machine,
    node: values.node,
    with: values.with ?? [],
    env: values.env ?? [],
    consoleLog: values['console-log'],
  };
}

function strictly(args: string[]) {
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new BoardError((error as Error).message, usage);
  }
}

type Values = ReturnType<typeof strictly>['values'];

function action(values: Values, rest: string[]): BoardArguments['action'] {
  const [script, ...args] = rest;
  if (values.help) {
    return { kind: 'help' };
  }
  if (values.tests) {
    if (rest.length === 0) {
      throw new BoardError('--tests needs the files or directories of the tests.', usage);
    }
    return { kind: 'tests', files: rest };
  }
  if (script !== undefined && values.command === undefined && !values.prepare) {
    return { kind: 'script', script, args };
  }
  if (rest.length > 0) {
    throw new BoardError(`${script}: a script cannot be given here.`, usage);
  }
  if (values.command !== undefined) {
    return { kind: 'command', command: values.command };
  }
  return { kind: values.prepare ? 'prepare' : 'repl' };
}
