import { checkout } from '../board/host.js';
import type { Machine } from '../board/machine.js';
import { guestPath } from '../board/payload.js';
import type { Tiers, TiersTask } from './guest/tiers.js';
import { onBoard } from './on-board.js';

export interface TiersResult extends Tiers {
  machine: string;
}

/** Asks V8 which compiler's code the patterns of the window run as when they are hot. */
export async function observeTiers(machine: Machine, node: string, task: TiersTask): Promise<TiersResult> {
  const program = guestPath(`${checkout}/build/fidelity/guest/tiers.js`);
  return await onBoard(machine, node, [], async (print) => {
    const flags = '--expose-gc --allow-natives-syntax';
    const text = await print(`node ${flags} ${program} '${JSON.stringify(task)}'`);
    return { machine: machine.name, ...(JSON.parse(text) as Tiers) };
  });
}
