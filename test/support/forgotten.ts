/* What a process still holds of things that it opened, did not close and cannot reach any more. */
import { type ChildResult, runModule } from './child.js';

/**
 * Runs `open` fifty times, with `roots` to open from, and `keep` once before. Prints how many descriptors were open then, how
 * many are when what was forgotten has been given back, and what `kept` makes of what it kept: `'100,2,7'`.
 */
export function runForgetful(roots: object, code: { open: string; keep: string; kept: string }): ChildResult {
  const module = `
    import { readdirSync } from 'node:fs';
    import { PciDevice, Uio, VfioDevice } from 'mmapio';
    const roots = JSON.parse(process.env.TEST_ROOTS);
    const count = () => readdirSync('/proc/self/fd').length;
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const open = () => { ${code.open} };
    const before = count();
    const kept = (() => { ${code.keep} })();
    for (let i = 0; i < 50; i++) open();
    const opened = count() - before;
    let held = opened;
    // Until nothing more is given back; an interpreter may keep hold of what it touched last.
    for (let i = 0; i < 20; i++) {
      gc();
      await turn();
      if (count() - before < held) [held, i] = [count() - before, 0];
    }
    console.log([opened, held, ((it) => { ${code.kept} })(kept)].join());`;
  return runModule(module, { TEST_ROOTS: JSON.stringify(roots), NODE_OPTIONS: '--expose-gc' });
}
