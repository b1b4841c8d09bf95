import { spawnSync } from 'node:child_process';

export interface ChildResult {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a module in a process of its own, with the same flags; `import … from 'mmapio'` works in it. */
export function runModule(code: string, env: NodeJS.ProcessEnv = {}, limit = ''): ChildResult {
  const node = [process.execPath, ...process.execArgv.filter((flag) => flag === '--jitless')];
  const words = [...node, '--input-type=module', '-e', code];
  const [command, ...rest] = limit === '' ? words : ['sh', '-c', `${limit}; exec "$@"`, 'sh', ...words];
  const { status, signal, stdout, stderr } = spawnSync(command as string, rest, {
    cwd: new URL('../../..', import.meta.url),
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    timeout: 60_000,
  });
  return { status, signal, stdout, stderr };
}
