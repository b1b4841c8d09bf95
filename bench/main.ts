/*
 * `npm run bench`: what the library costs beside the same work in C, in one run, over a file in /dev/shm.
 *
 * Each figure is the best of several runs, and each workload has a process of its own, so that no workload is
 * optimised for the object shapes of another.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Workload } from './workload.js';

const file = `/dev/shm/mmapio-bench-${process.pid}`;
const here = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('../../bench/c/', import.meta.url));

type Times = Record<string, number>;

/** Rounds in which C and each workload take turns, so that a slow moment of the machine is not one side's alone. */
const ROUNDS = 24;

function compileC(): string {
  const program = `${here}c-bench`;
  mkdirSync(here, { recursive: true });
  const options = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror'];
  execFileSync('cc', [...options, '-o', program, `${sources}main.c`, `${sources}checked-access.c`]);
  return program;
}

/** Runs a program that prints its times, and keeps the better of those and the ones before. */
function improve(best: Times, program: string, ...programArguments: string[]): void {
  const times: Times = JSON.parse(execFileSync(program, [...programArguments, file], { encoding: 'utf8' }));
  for (const [name, ns] of Object.entries(times)) best[name] = Math.min(best[name] ?? Infinity, ns);
}

function timeAll(): Record<Workload | 'c', Times> {
  const best = { c: {}, window: {}, native: {}, mixed: {} };
  const program = compileC();
  for (let round = 0; round < ROUNDS; round++) {
    improve(best.c, program);
    for (const workload of ['window', 'native', 'mixed'] as const) {
      improve(best[workload], process.execPath, `${here}workload.js`, workload);
    }
  }
  return best;
}

/** Milliseconds that a process takes from start to end. */
function timeProcess(code: string): number {
  const start = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '-e', code]);
  return performance.now() - start;
}

/** The same, for both in turn, best of several. */
function timeImport(): { bare: number; loaded: number } {
  const best = { bare: Infinity, loaded: Infinity };
  const load = `await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url))})`;
  for (let round = 0; round < 100; round++) {
    best.bare = Math.min(best.bare, timeProcess('0'));
    best.loaded = Math.min(best.loaded, timeProcess(load));
  }
  return best;
}

const rows: string[][] = [['', 'here', 'C', 'figure', 'limit', '']];

function row(name: string, here: string, c: string, figure: number, limit: number, unit: string): void {
  rows.push([
    name,
    here,
    c,
    `${figure.toFixed(2)} ${unit}`,
    `${limit} ${unit}`,
    figure <= limit ? 'ok' : 'OVER',
  ]);
}

function ratio(name: string, ns: number | undefined, c: number | undefined, limit: number): void {
  if (ns === undefined || c === undefined) throw new Error(`${name} was not timed`);
  row(name, `${ns.toFixed(2)} ns`, `${c.toFixed(2)} ns`, ns / c, limit, 'x');
}

function printTable(): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  for (const cells of rows) console.log(cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
}

try {
  writeFileSync(file, Buffer.alloc(0x10000));
  const { c, window, native, mixed } = timeAll();
  ratio('window read', window.read, c.read, 4);
  ratio('window write', window.write, c.write, 4);
  ratio('window read, mixed regions', mixed.read, c.read, 6);
  ratio('window write, mixed regions', mixed.write, c.write, 6);
  for (const access of ['read', 'write']) {
    const ns = native[access] ?? Number.NaN;
    row(`native ${access}`, `${ns.toFixed(2)} ns`, '', ns, 25, 'ns');
  }
  for (const transfer of ['readBlock', 'writeBlock', 'readFifo', 'writeFifo']) {
    ratio(`${transfer} of 4096, window`, window[transfer], c[transfer], 1.2);
    ratio(`${transfer} of 4096, native`, native[transfer], c[transfer], 1.2);
  }
  for (const [engine, times] of Object.entries({ window, native })) {
    const beyond = ((times.cycle ?? Number.NaN) - 2 * (c.cycle ?? Number.NaN)) / 1000;
    const us = (ns = Number.NaN) => `${(ns / 1000).toFixed(1)} us`;
    row(`map and unmap, ${engine}, beyond 2x`, us(times.cycle), us(c.cycle), beyond, 20, 'us');
  }
  const { bare, loaded } = timeImport();
  row('import', `${loaded.toFixed(1)} ms`, `${bare.toFixed(1)} ms`, loaded - bare, 10, 'ms');
  printTable();
} finally {
  rmSync(file, { force: true });
}
