/* What the shells' completion scripts ask: `mmapio complete -- WORD…`. */
import root from '@bomb.sh/tab';
import complete from '@bomb.sh/tab/commander';
import { loadMap, readMapFile } from './map.js';
import { createProgram } from './program.js';
import { KINDS, openTarget, roots, splitTarget } from './target.js';

/** Tells the shell to complete a file name itself. */
const FILES = ':0';

const FILE_OPTIONS = ['--map', '-m', '--overrides', '--output', '-o'];

/** Commands whose first argument is a plain file. */
const FILE_COMMANDS = ['types', 'decode'];

/** The value of an option on the line so far. */
function optionValue(words: readonly string[], names: readonly string[]): string | undefined {
  const at = words.findIndex((word) => names.includes(word));
  return at < 0 ? undefined : words[at + 1];
}

async function targets(): Promise<string[]> {
  const { PciDevice, Uio } = await import('../index.js');
  const { SIMULATED } = await import('./simulated.js');
  const uio = Uio.list(roots()).map(({ name }) => `uio:${name}`);
  const pci = PciDevice.list(roots()).flatMap(({ address, bars }) =>
    bars.map(({ index }) => `pci:${address}/bar${index}`),
  );
  const others = Object.keys(KINDS).filter((kind) => /^(mem|file)$/.test(kind));
  return [
    ...uio,
    ...pci,
    ...Object.keys(SIMULATED).map((name) => `sim:${name}`),
    ...others.map((kind) => `${kind}:`),
  ];
}

/** Registers and their fields, of the map on the line or of a simulated target. Opens no device. */
async function registers(words: readonly string[]): Promise<string[]> {
  const simulated = words.find((word) => splitTarget(word)?.kind === 'sim');
  const target = simulated === undefined ? undefined : await openTarget(simulated, 'read');
  const file = optionValue(words, ['--map', '-m']);
  const peripheral = optionValue(words, ['--peripheral', '-p']);
  const map = await loadMap(
    { ...(file !== undefined && { map: file }), ...(peripheral !== undefined && { peripheral }) },
    target?.map,
  );
  target?.close();
  return [...(map?.entries() ?? [])].flatMap(({ path, layout }) => [
    path,
    ...layout.fields.map(({ name }) => `${path}.${name}`),
  ]);
}

async function peripherals(words: readonly string[]): Promise<string[]> {
  const file = optionValue(words, ['--map', '-m']) ?? words.find((word) => /\.\w+$/.test(word));
  return file === undefined ? [] : (await readMapFile(file, undefined)).peripherals.map(({ name }) => name);
}

/** Nothing may go wrong loudly in the middle of a line that somebody types. */
async function quietly(work: () => Promise<string[]>): Promise<string[]> {
  const error = process.stderr.write;
  process.stderr.write = () => true;
  try {
    return await work();
  } catch {
    return [];
  } finally {
    process.stderr.write = error;
  }
}

/** Prints the completions of the last word, in the form that the scripts of the library take. */
export async function printCompletions(words: string[]): Promise<void> {
  const [first = ''] = words;
  const [last = '', before = ''] = [words.at(-1), words.at(-2)];
  const firstOfFileCommand = FILE_COMMANDS.includes(first) && words.length === 2 && !last.startsWith('-');
  if (FILE_OPTIONS.includes(before) || firstOfFileCommand || last.startsWith('file:')) {
    process.stdout.write(`${FILES}\n`);
    return;
  }
  const program = createProgram();
  complete(program);
  const [names, what, blocks] = await Promise.all([
    quietly(targets),
    quietly(() => registers(words)),
    quietly(() => peripherals(words)),
  ]);
  const offer = (all: readonly string[]) => (add: (value: string, description: string) => void) => {
    for (const one of all) add(one, '');
  };
  for (const [name, entry] of root.commands) {
    const command = program.commands.find((one) => one.name() === name);
    if (command !== undefined) entry.description = command.summary();
    for (const argument of entry.arguments.values()) {
      if (/target|source|destination/.test(argument.name)) argument.handler = offer(names);
      if (/^what/.test(argument.name)) argument.handler = offer(what);
    }
    const peripheral = entry.options.get('peripheral');
    if (peripheral !== undefined) peripheral.handler = offer(blocks);
  }
  root.parse(words);
}
