import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeFault } from '../../../fidelity/machine-code.js';

const fault = (access: string, instructions: string[], loop?: number) =>
  codeFault({
    machine: 'x64',
    origin: 'a compiler',
    access,
    instructions,
    ...(loop === undefined ? {} : { loop }),
  });

describe('judging the machine code of an access', () => {
  it('takes one move of the right width and direction, as each tool writes it', () => {
    for (const [access, instruction] of [
      ['read8', 'movb (%rdi), %al'],
      ['read8', 'movzxbl rdx,[rcx+rax*1]'],
      ['read16', 'movzwl (%r10),%edx'],
      ['read32', 'movl (%r14,%rax,1),%r12d'],
      ['read64', 'REX.W movq rbx,[rdx+rbx*1]'],
      ['read16', 'ldarh w2, [x16]'],
      ['read64', 'ldar x2, [x3]'],
      ['write8', 'movb [rcx+rax*1],dl'],
      ['write32', 'movl %esi, (%rdi)'],
      ['write64', 'REX.W movq [rcx+rax*1],rdx'],
      ['write16', 'strh w2, [x1, w0, uxtw]'],
    ] as const) {
      assert.equal(fault(access, [instruction]), undefined, instruction);
    }
  });

  it('takes a look at the fault count behind it', () => {
    assert.equal(fault('read16', ['ldarh w2, [x16]', 'ldar w4, [x16]']), undefined);
    assert.equal(fault('write8', ['movb %sil,(%r14,%rax,1)', 'cmpl $0x0,(%r14,%rax,1)']), undefined);
  });

  it('finds an access of another width or direction', () => {
    assert.match(fault('read32', ['movzxbl rdx,[rcx+rax*1]']) ?? '', /not one access of 32 bits/);
    assert.match(fault('read64', ['ldar w2, [x3]']) ?? '', /not one access of 64 bits/);
    assert.match(fault('read32', ['movl %esi, (%rdi)']) ?? '', /is not a read/);
    assert.match(fault('write32', ['movl (%rdi), %eax']) ?? '', /is not a write/);
  });

  it('finds locked, paired and repeated accesses', () => {
    for (const wrong of ['xchgl (%rdi), %eax', 'ldp w0, w1, [x0]', 'rep movsb', 'movdqu (%rdi), %xmm0']) {
      assert.match(fault('read32', [wrong]) ?? '', /not one access/, wrong);
    }
  });

  it('finds a second access, or none', () => {
    assert.match(fault('read8', ['movzbl (%r10),%edx', 'movzbl (%r10),%edx']) ?? '', /more than one/);
    assert.match(fault('read8', []) ?? '', /no access/);
  });

  it('wants one access in the loop of a transfer', () => {
    assert.equal(fault('readFifo32Swapped', ['ldr w1, [x4]'], 6), undefined);
    assert.match(fault('readFifo32', ['ldr w1, [x4]', 'ldr w1, [x4]'], 6) ?? '', /more than one/);
    assert.match(fault('writeBlock16', ['strh w1, [x2]'], Number.POSITIVE_INFINITY) ?? '', /no loop/);
  });
});
