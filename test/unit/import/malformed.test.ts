import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ImportError,
  parseDescription,
  parseHwh,
  parseIpXact,
  parseLitexCsv,
  parseSvd,
  parseXsa,
} from 'mmapio/import';
import { listRegisters } from 'mmapio/registers';
import { svdRegisters } from '../../support/svd.js';

const peripheral = (content: string) =>
  `<device>\n<peripherals>\n<peripheral>\n<name>P</name>\n<baseAddress>0</baseAddress>\n${content}\n</peripheral></peripherals></device>`;

describe('malformed input', () => {
  const errors: [string, string, string][] = [
    ['an element that is not closed', '<device>\n<name>', 'd.svd:2: element name: unclosed tag: name'],
    [
      'tags that do not match',
      '<device>\n<a></b></device>',
      'd.svd:2: element device: unexpected close tag.',
    ],
    [
      'something else than SVD',
      '<svg/>',
      'd.svd:1: the root element is <svg>, not the <device> of a CMSIS-SVD file',
    ],
    ['nothing', '', 'd.svd:1: document must contain a root element.'],
    [
      'a register without a name',
      peripheral('<registers>\n<register/></registers>'),
      'd.svd:7: register P: <name> is missing',
    ],
    [
      'an address that is no number',
      peripheral(
        '<registers>\n<register><name>R</name><addressOffset>here</addressOffset></register></registers>',
      ),
      "d.svd:7: register P.R: <addressOffset> is 'here', which is no number",
    ],
    [
      'an array without increment',
      peripheral(
        '<registers>\n<register><dim>2</dim><name>R%s</name><addressOffset>0</addressOffset></register></registers>',
      ),
      'd.svd:7: register P.R%s: <dimIncrement> is missing',
    ],
    [
      'an array that would take all memory',
      peripheral(
        '<registers>\n<register><dim>9999999999</dim><dimIncrement>4</dimIncrement><name>R%s</name><addressOffset>0</addressOffset></register></registers>',
      ),
      'd.svd:7: register P.R%s: <dim> of 9999999999 elements',
    ],
    [
      'arrays that would take all memory together',
      peripheral(
        `<registers>\n${'<register><dim>1048576</dim><dimIncrement>4</dimIncrement><name>R[%s]</name><addressOffset>0</addressOffset></register>'.repeat(5)}</registers>`,
      ),
      'd.svd:7: register P.R[%s]: more than 4194304 registers and fields in all',
    ],
    [
      'elements nested without end',
      `<device>\n${'<a>'.repeat(100_000)}`,
      'd.svd:2: elements are nested more than 256 deep',
    ],
    [
      'a cluster inside itself',
      peripheral(
        '<registers>\n<cluster><name>A</name><addressOffset>0</addressOffset><cluster derivedFrom="A"><name>B</name><addressOffset>4</addressOffset></cluster></cluster></registers>',
      ),
      'd.svd:7: cluster P.A.B: derivedFrom puts the element inside itself',
    ],
    [
      'clusters inside each other',
      peripheral(
        `<registers>\n${['A', 'B'].map((name, i) => `<cluster><name>${name}</name><addressOffset>0</addressOffset><cluster derivedFrom="${'BA'[i]}"><name>X</name><addressOffset>4</addressOffset></cluster></cluster>`).join('')}</registers>`,
      ),
      'd.svd:7: cluster P.A.X: derivedFrom puts the element inside itself',
    ],
    [
      'a derivation over too many steps',
      `<device>\n<peripherals>${Array.from({ length: 2000 }, (_, i) => `<peripheral derivedFrom="P${i + 1}"><name>P${i}</name><baseAddress>0</baseAddress></peripheral>`).join('')}</peripherals></device>`,
      'd.svd:2: peripheral P0: derivedFrom leads over more than 1024 elements',
    ],
  ];
  for (const [what, source, message] of errors) {
    it(`is an error with file, line and element: ${what}`, () => {
      assert.throws(() => parseSvd(source, { file: 'd.svd' }), {
        name: 'ImportError',
        code: 'ERR_BAD_DESCRIPTION',
        message,
      });
    });
  }

  it('is an error however deep it is nested', () => {
    const deep = (open: string, middle: string, close: string) =>
      open.repeat(50_000) + middle + close.repeat(50_000);
    const cluster = '{"kind":"cluster","name":"C","offset":0,"registers":[';
    const json = `{"format":"mmapio-device","formatVersion":1,"name":"D","peripherals":[{"name":"P","baseAddress":"0","registers":[${deep(cluster, '', ']}')}]}]}`;
    assert.throws(() => parseDescription(json), {
      name: 'ImportError',
      message: /nested more than 256 deep/,
    });
    const component = `<component><memoryMaps><memoryMap><name>m</name><addressBlock><name>b</name><baseAddress>${deep('(', '0', ')')}</baseAddress></addressBlock></memoryMap></memoryMaps></component>`;
    assert.throws(() => parseIpXact(component), { name: 'ImportError' });
  });

  it('is an error however large its numbers would become', () => {
    const names = Array.from({ length: 100 }, (_, i) => `p${i}`);
    const parameters = names.map(
      (name, i) =>
        `<parameter parameterId="${name}"><value>${i === 0 ? '2' : `p${i - 1} * p${i - 1}`}</value></parameter>`,
    );
    for (const base of ['p99', '(((2 ** 255) ** 255) ** 255) ** 255']) {
      const source = `<component><memoryMaps><memoryMap><name>m</name><addressBlock><name>b</name><baseAddress>${base}</baseAddress></addressBlock></memoryMap></memoryMaps><parameters>${parameters.join('')}</parameters></component>`;
      assert.throws(() => parseIpXact(source), { name: 'ImportError', message: /cannot be worked out/ });
    }
  });

  it('that can be understood is a warning, and an error where strictness is asked for', () => {
    const source = peripheral('<size>wide</size><registers/>');
    assert.deepEqual(parseSvd(source, { file: 'd.svd' }).warnings[0], {
      code: 'bad-number',
      message: "d.svd:3: peripheral P: <size> is 'wide', which is no number; ignored",
      file: 'd.svd',
      line: 3,
      element: 'peripheral P',
    });
    assert.throws(() => parseSvd(source, { strict: true }), { name: 'ImportError' });
  });

  it('of one kind is listed up to a limit, and counted', () => {
    const fields = Array.from(
      { length: 60 },
      (_, i) => `<field><name>F${i}</name><bitRange>[0:1]</bitRange></field>`,
    );
    const { warnings } = svdRegisters(
      `<register><name>R</name><addressOffset>0</addressOffset><fields>${fields.join('')}</fields></register>`,
    );
    assert.equal(warnings.length, 51);
    assert.equal(warnings.at(-1)?.message, "and 10 more of the kind 'reversed-bits'");
  });

  it('is an import error and nothing else, whatever it is', () => {
    const parsers = [parseSvd, parseHwh, parseIpXact, parseLitexCsv, parseDescription];
    const pieces = fc.constantFrom(
      '<device>',
      '</device>',
      '<peripherals>',
      '<peripheral derivedFrom="P">',
      '<name>P</name>',
      '<registers>',
      '<register>',
      '<dim>3</dim>',
      '<dimIndex>A-</dimIndex>',
      '<fields><field>',
      '<bitRange>[x:1]</bitRange>',
      '&amp;',
      '&',
      '<![CDATA[x]]>',
      '<component>',
      '<EDKSYSTEM>',
      '<MEMRANGE/>',
      'csr_base,a,0',
      '\n',
      '{"format":',
      '}',
      '[',
      '\0',
      '<?xml version="1.0"?>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        for (const parse of parsers) {
          try {
            parse(list.join(''));
          } catch (error) {
            assert.ok(error instanceof ImportError, String(error));
          }
        }
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        assert.throws(() => parseXsa(bytes), ImportError);
      }),
    );
  });
});

describe('the text of a file', () => {
  const content =
    '<device><name>µC</name><peripherals><peripheral><name>P</name><baseAddress>0</baseAddress></peripheral></peripherals></device>';
  const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
  const sources: [string, string | Uint8Array, number][] = [
    ['as a string', content, 0],
    ['as UTF-8', bytes(content, 'utf8'), 0],
    ['as UTF-8 with a byte order mark', bytes(`\uFEFF${content}`, 'utf8'), 0],
    ['as UTF-16 with a byte order mark', bytes(`\uFEFF${content}`, 'utf16le'), 0],
    [
      'as the encoding that it declares',
      bytes(`<?xml version="1.0" encoding="iso-8859-1"?>${content}`, 'latin1'),
      0,
    ],
    [
      'as something else than it declares',
      bytes(`<?xml version="1.0" encoding="utf-8"?>${content}`, 'latin1'),
      1,
    ],
    [
      'as UTF-8 with a byte order mark, whatever it declares',
      bytes(`\uFEFF<?xml version="1.0" encoding="utf-16"?>${content}`, 'utf8'),
      0,
    ],
    [
      'as UTF-8 where the declared UTF-16 cannot be',
      bytes(`<?xml version="1.0" encoding="UTF-16"?>${content}`, 'utf8'),
      0,
    ],
    [
      'as UTF-8 where nobody knows what it declares',
      bytes(`<?xml version="1.0" encoding="vendor-8"?>${content}`, 'utf8'),
      1,
    ],
    ['with blank lines before its declaration', `\n\n<?xml version="1.0"?>\n${content}`, 1],
    ['with NULs at its end', `${content}\n\0\0`, 0],
  ];
  for (const [what, source, warnings] of sources) {
    it(`is read ${what}`, () => {
      const device = parseSvd(source);
      assert.equal(device.name, 'µC');
      assert.equal(device.warnings.filter(({ code }) => code === 'text-encoding').length, warnings);
    });
  }

  it('keeps its line numbers where blank lines come first', () => {
    assert.throws(() => parseSvd(`\n\n<?xml version="1.0"?>\n<svg/>`), { line: 4 });
  });
});

describe('numbers', () => {
  const resetOf = (text: string) => {
    const [entry] = listRegisters(
      svdRegisters(
        `<register><name>R</name><addressOffset>0</addressOffset><resetValue>${text}</resetValue></register>`,
      ),
    );
    return entry?.register.resetValue;
  };

  it('of any size are read in every form', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.nat(4), (value, zeros) => {
        const expected = `0x${value.toString(16).toUpperCase()}`;
        const pad = '0'.repeat(zeros);
        for (const form of [
          `0x${pad}${value.toString(16)}`,
          `0X${pad}${value.toString(16).toUpperCase()}`,
          `${pad}${value}`,
          `+${value}`,
          ` ${value} `,
          `#${pad}${value.toString(2)}`,
          `0b${pad}${value.toString(2)}`,
        ]) {
          assert.equal(resetOf(form), expected, form);
        }
      }),
    );
  });

  it('that are none leave the value undefined', () => {
    for (const text of ['', 'x', '0x', '1F', '-1', '0b2', '1.5', '0x1Z'])
      assert.equal(resetOf(text), undefined, text);
  });

  it('may be scaled', () => {
    assert.equal(resetOf('4k'), '0x1000');
  });
});
