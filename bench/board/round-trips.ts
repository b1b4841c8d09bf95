/* How long an interrupt takes to the program that waits for it, beside C; in the guest. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { PciDevice } from 'mmapio';
import * as edu from '../../test/support/edu.js';

/** Turns, and rounds in each: a slow moment of the machine is not one side's alone. */
const TURNS = 20;
const ROUNDS = 200;

/** On, and without what other programs have raised meanwhile. */
function irqOnAnew(pci: PciDevice): void {
  pci.irqOn();
  while (pci.waitIrqSync(0) !== null);
}

type Wait = (pci: PciDevice) => unknown;

const waitIrq: Wait = (pci) => pci.waitIrq();
const waitIrqSync: Wait = (pci) => pci.waitIrqSync();

/** Microseconds from the write that raises the interrupt to the code behind the wait. */
async function raisedBefore(pci: PciDevice, wait: Wait): Promise<number[]> {
  const regs = pci.bar(0);
  return inRounds(pci, async () => {
    const start = performance.now();
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    await wait(pci);
    return (performance.now() - start) * 1000;
  });
}

/** The same where the wait was begun before, as in `const wait = pci.waitIrq(); regs.writeWord(…); await wait`. */
async function raisedBehind(pci: PciDevice, wait: Wait): Promise<number[]> {
  const regs = pci.bar(0);
  return inRounds(pci, async () => {
    const waiting = wait(pci);
    const start = performance.now();
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    await waiting;
    return (performance.now() - start) * 1000;
  });
}

async function inRounds(pci: PciDevice, round: () => Promise<number>): Promise<number[]> {
  const regs = pci.bar(0);
  const times: number[] = [];
  irqOnAnew(pci);
  for (let i = 0; i < ROUNDS; i++) {
    times.push(await round());
    edu.acknowledge(regs);
    pci.irqOn();
  }
  return times;
}

/** The turns of one loop. */
async function raisedInLoop(pci: PciDevice): Promise<number[]> {
  const regs = pci.bar(0);
  const times: number[] = [];
  irqOnAnew(pci);
  const source = pci.interrupts();
  for (let i = 0; i < ROUNDS; i++) {
    const next = source.next();
    const start = performance.now();
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    await next;
    times.push((performance.now() - start) * 1000);
    edu.acknowledge(regs);
  }
  await source.return();
  return times;
}

/** The same while the program sleeps: another process, in C, raises the interrupt. */
async function raisedElsewhere(pci: PciDevice, cProgram: string, wait: Wait): Promise<number[]> {
  const regs = pci.bar(0);
  const awake: bigint[] = [];
  irqOnAnew(pci);
  const raiser = spawn(cProgram, ['raise', folderOf(pci), String(ROUNDS)]);
  const [raised] = await Promise.all([
    text(raiser.stdout),
    (async () => {
      while (awake.length < ROUNDS) {
        await wait(pci);
        awake.push(process.hrtime.bigint());
        edu.acknowledge(regs);
        pci.irqOn();
      }
    })(),
    once(raiser, 'exit'),
  ]);
  return linesOf(raised).map((time, i) => Number((awake[i] ?? 0n) - BigInt(time)) / 1000);
}

function inC(pci: PciDevice, cProgram: string, what: string): number[] {
  const [uio = ''] = readdirSync(`${folderOf(pci)}/uio`);
  const args = [what, `/dev/${uio}`, folderOf(pci), String(ROUNDS)];
  return linesOf(execFileSync(cProgram, args, { encoding: 'utf8' })).map((ns) => Number(ns) / 1000);
}

function folderOf(pci: PciDevice): string {
  return `/sys/bus/pci/devices/${pci.address}`;
}

function linesOf(output: string): string[] {
  return output.trim().split('\n');
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** Takes the ways in turns, and prints the median of each beside that of the first. */
async function compare(
  title: string,
  ways: Record<string, () => number[] | Promise<number[]>>,
): Promise<void> {
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, way] of Object.entries(ways)) times.get(name)?.push(...(await way()));
  }
  const [first = []] = times.values();
  for (const [name, all] of times) {
    const us = median(all);
    const ratio = (us / median(first)).toFixed(2);
    console.log(`${title}, ${name}: median of ${all.length} is ${us.toFixed(1)} us, ${ratio} of C`);
  }
}

export async function compareRoundTrips(cProgram: string): Promise<void> {
  using pci = new PciDevice(edu.EDU);
  using _taken = pci.takeOver('uio_pci_generic');
  // Compiled before it counts, as C is.
  for (let i = 0; i < 10; i++) {
    await raisedBefore(pci, waitIrq);
    await raisedBefore(pci, waitIrqSync);
    await raisedBehind(pci, waitIrq);
  }
  await compare('round trip', {
    C: () => inC(pci, cProgram, 'round-trips'),
    waitIrq: () => raisedBefore(pci, waitIrq),
    waitIrqSync: () => raisedBefore(pci, waitIrqSync),
    'waitIrq begun before': () => raisedBehind(pci, waitIrq),
    'interrupts() begun before': () => raisedInLoop(pci),
  });
  await compare('round trip of a sleeping program', {
    C: () => inC(pci, cProgram, 'wake-ups'),
    waitIrq: () => raisedElsewhere(pci, cProgram, waitIrq),
    waitIrqSync: () => raisedElsewhere(pci, cProgram, waitIrqSync),
  });
}
