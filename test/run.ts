/*
 * `npm test`: every part of the suite, each on both engines where it has accesses. A part that this machine cannot run
 * is named with the reason; in CI that is a failure.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const board = [process.execPath, 'build/board/main.js'];

interface Part {
  name: string;
  command: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What has to be done before. */
  prepare?: () => void;
  /** Why it cannot be run here. */
  obstacle?: () => string | undefined;
}

/** Compiled test files below a folder; `node --test FOLDER` does not mean the same in every version of Node.js. */
function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => join(folder, file))
    .sort();
}

function unit(name: string, flags: readonly string[], engine: string): Part {
  const command = [process.execPath, ...flags, '--test', ...testFiles('build/test/unit')];
  return { name: `unit, ${name}`, command, env: { MMAPIO_ENGINE: engine } };
}

function onBoard(name: string, args: readonly string[], machine = 'arm64'): Part {
  return {
    name: `board ${machine}, ${name}`,
    command: [...board, '--machine', machine, ...args],
    obstacle: () => boardObstacle(machine),
  };
}

const boardReasons = new Map<string, string | undefined>();

/** Builds a board once; what stands in the way is its own message. */
function boardObstacle(machine: string): string | undefined {
  if (!boardReasons.has(machine)) {
    const [command = '', ...args] = [...board, '--machine', machine, '--prepare'];
    const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
    boardReasons.set(machine, status === 0 ? undefined : stderr.trim());
  }
  return boardReasons.get(machine);
}

/** The package with a sanitized core, in a folder of its own. */
const SANITIZED = 'build/sanitized';

function buildSanitized(): void {
  rmSync(join(root, SANITIZED), { recursive: true, force: true });
  for (const path of ['package.json', 'dist', 'build/src', 'build/test']) {
    mkdirSync(join(root, SANITIZED, path, '..'), { recursive: true });
    cpSync(join(root, path), join(root, SANITIZED, path), { recursive: true });
  }
  execFileSync('make', ['-s', '-C', 'native', 'SANITIZE=1'], { cwd: root, stdio: 'inherit' });
}

function library(name: string): string {
  return execFileSync('cc', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
}

function sanitized(): Part {
  // Not engines.test.js: the sanitizer's own use of address space is what one of its tests forbids.
  const files = ['build/test/unit/memory', 'build/test/unit/interrupts', 'build/test/unit/uio']
    .flatMap(testFiles)
    .filter((file) => !file.endsWith('engines.test.js'));
  return {
    name: 'unit, native core under AddressSanitizer',
    command: [process.execPath, '--test', ...files],
    cwd: SANITIZED,
    env: {
      MMAPIO_ENGINE: 'native',
      LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')}`,
      // The runtime frees nothing at its end, so leaks are looked for in the C core alone.
      ASAN_OPTIONS: 'detect_leaks=0:handle_sigbus=0',
    },
    prepare: buildSanitized,
  };
}

/** The package as npm installs it, on every runtime, and the core of every machine. */
function packaged(): Part {
  return {
    name: 'package',
    command: [process.execPath, '--test', ...testFiles('build/test/package')],
    obstacle: () =>
      process.arch === 'x64' ? undefined : 'Debian has the compilers for all the machines on x86-64 only',
  };
}

function parts(): Part[] {
  return [
    {
      name: 'C core under AddressSanitizer and LeakSanitizer',
      command: ['make', '-s', '-C', 'native', 'check'],
    },
    unit('window engine', [], 'window'),
    unit('native engine', [], 'native'),
    unit('no WebAssembly', ['--jitless'], ''),
    sanitized(),
    packaged(),
    { name: 'example, plain-file', command: [process.execPath, 'build/examples/plain-file.js'] },
    {
      name: 'example, imported-map',
      command: [process.execPath, 'build/examples/imported-map.js', 'examples/thermometer.svd'],
    },
    ...['registers', 'alarm', 'button', 'clock', 'gpio'].map((name) =>
      onBoard(`example ${name}`, [`examples/${name}.ts`]),
    ),
    ...['window', 'native'].map((engine) =>
      onBoard(`${engine} engine`, [
        '--env',
        `MMAPIO_ENGINE=${engine}`,
        '--with',
        'build/src',
        '--tests',
        'build/test/board',
      ]),
    ),
    // examples/axi-dma.ts is run over a simulated device, by the unit tests
    onBoard('example edu', ['examples/edu.ts'], 'x64'),
    onBoard('example edu', ['examples/edu.ts'], 'x64-iommu'),
    onBoard('PCI devices', ['--tests', 'build/test/board-x64'], 'x64'),
    onBoard('VFIO', ['--with', 'build/src', '--tests', 'build/test/board-x64-iommu'], 'x64-iommu'),
    onBoard('kernel lockdown', ['--tests', 'build/test/board-x64-lockdown'], 'x64-iommu'),
    {
      name: 'board x64-iommu, devices pulled out',
      command: [process.execPath, 'build/test/hotplug/main.js'],
      obstacle: () => boardObstacle('x64-iommu'),
    },
  ];
}

type Outcome = 'passed' | 'failed' | 'skipped';

function run(part: Part): Outcome {
  console.log(`\n=== ${part.name}`);
  const reason = part.obstacle?.();
  if (reason !== undefined) {
    console.log(`skipped: ${reason}`);
    return 'skipped';
  }
  part.prepare?.();
  const [command = '', ...args] = part.command;
  const { status, error } = spawnSync(command, args, {
    cwd: join(root, part.cwd ?? ''),
    env: { ...process.env, ...part.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error !== undefined) console.log(error.message);
  return status === 0 ? 'passed' : 'failed';
}

const outcomes = parts().map((part) => ({ name: part.name, outcome: run(part) }));
console.log('');
for (const { name, outcome } of outcomes) console.log(`${outcome.padEnd(7)} ${name}`);
const count = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).length;
console.log(`\nparts: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
const mayNotSkip = process.env.CI !== undefined && process.env.CI !== 'false';
process.exitCode = count('failed') > 0 || (mayNotSkip && count('skipped') > 0) ? 1 : 0;
