import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOptions, requireProgram, run } from './host.js';

const hint =
  'The board fetches packages with this machine\'s own apt and its configured sources: check that "apt-get update" ' +
  'works, and that the sources are not restricted to other architectures.';

/** A package as the archive describes it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** The packages it depends on, by name. */
  readonly depends: readonly string[];
}

/**
 * Debian's archive for some architectures, reached through the host's apt with a private state: the host's own
 * package lists, caches and dpkg architectures stay as they are, and no root is needed.
 */
export class DebianArchive {
  readonly #directory: string;
  readonly #options: readonly string[];
  readonly #signal: AbortSignal | undefined;
  #updateError: unknown;

  private constructor(directory: string, architectures: readonly string[], signal: AbortSignal | undefined) {
    this.#directory = directory;
    this.#signal = signal;
    const settings = {
      'Dir::State': join(directory, 'state'),
      'Dir::State::status': join(directory, 'status'),
      'Dir::Cache': join(directory, 'cache'),
      'APT::Architecture': architectures[0],
      'APT::Architectures': architectures.join(','),
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '3',
    };
    this.#options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  /** Keeps the private state in `directory` and fetches the package lists. The first architecture is the main one. */
  static async open(
    directory: string,
    architectures: readonly string[],
    signal?: AbortSignal,
  ): Promise<DebianArchive> {
    requireProgram('apt-get', "to fetch from Debian's archive");
    requireProgram('dpkg-deb', "to unpack Debian's packages");
    await mkdir(join(directory, 'state', 'lists', 'partial'), { recursive: true });
    await mkdir(join(directory, 'cache', 'archives', 'partial'), { recursive: true });
    await writeFile(join(directory, 'status'), '');
    const archive = new DebianArchive(directory, architectures, signal);
    await archive.#update();
    return archive;
  }

  /** A source that cannot be read is only a problem when a package is missing for it. */
  async #update(): Promise<void> {
    await this.#run('apt-get', ['update', '--error-on=any']).catch((error: unknown) => {
      this.#updateError = error;
    });
  }

  /** The newest version of a package. */
  async show(name: string): Promise<DebianPackage> {
    const text = await this.#run('apt-cache', ['show', '--no-all-versions', name]).catch((error: unknown) => {
      throw this.#updateError ?? error;
    });
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(text)?.[1] ?? '';
    const depends = field('Depends')
      .split(',')
      .map((dependency) => dependency.trim().split(/[ :]/)[0] ?? '')
      .filter((dependency) => dependency !== '');
    return { name, version: field('Version'), depends };
  }

  /** Fetches packages (`name`, `name:architecture` or `name=version`) and unpacks all of them into `target`. */
  async unpack(target: string, packages: readonly string[]): Promise<void> {
    await mkdir(target, { recursive: true });
    for (const file of await this.download(packages)) {
      await run('dpkg-deb', ['-x', file, target], this.#runOptions());
    }
  }

  /** Fetches packages and returns the paths of the files. */
  async download(packages: readonly string[]): Promise<string[]> {
    const directory = await mkdtemp(join(this.#directory, 'packages-'));
    await this.#run('apt-get', ['download', ...packages], directory);
    return (await readdir(directory)).map((name) => join(directory, name));
  }

  #run(program: string, args: readonly string[], cwd = this.#directory): Promise<string> {
    return run(program, [...this.#options, ...args], {
      ...this.#runOptions(),
      cwd,
      shown: `${program} ${args.join(' ')}`,
    });
  }

  #runOptions(): RunOptions {
    return { signal: this.#signal, hint, env: { ...process.env, LC_ALL: 'C' } };
  }
}
