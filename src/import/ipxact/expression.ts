import { parseBits } from '../numbers.js';

/*
 * Numbers in IP-XACT: plain and SystemVerilog literals, and expressions over a component's parameters.
 */

type Values = (name: string) => bigint | undefined;

const TOKEN =
  /\s*(?:(\d*\s*'\s*[sS]?[hHdDbBoO]\s*[0-9a-fA-F_]+)|(0[xX][0-9a-fA-F_]+|#[01]+|\d+[kmgtKMGT]?)|([A-Za-z_][\w.$-]*)|(\*\*|<<|>>|[-+*/%()]))/y;

const RADIX: Record<string, string> = { h: '0x', b: '0b', o: '0o', d: '' };
const PRECEDENCE: Record<string, number> = {
  '<<': 1,
  '>>': 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
  '%': 3,
  '**': 4,
};

function literal(text: string): bigint {
  const [, radix = 'd', digits = ''] = /'\s*[sS]?([hHdDbBoO])\s*(.*)$/.exec(text) ?? [];
  return BigInt(`${RADIX[radix.toLowerCase()]}${digits.replaceAll('_', '')}`);
}

function tokens(text: string): string[] | undefined {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return text.slice(at).trim() === '' ? found : undefined;
    found.push(match[0].trim());
  }
  return found;
}

function apply(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? undefined : a / b;
    case '%':
      return b === 0n ? undefined : a % b;
    case '<<':
      return b >= 0n && b < 256n ? a << b : undefined;
    case '>>':
      return b >= 0n && b < 256n ? a >> b : undefined;
    default:
      return b >= 0n && b < 256n ? a ** b : undefined;
  }
}

/** Bits of any result; a value of a description has 64. */
const WIDEST = 1024;

/** Tokens of an expression; every bracket costs a level of the stack. */
const LONGEST = 1024;

/** The value of an IP-XACT number or expression; undefined where it cannot be worked out. */
export function evaluate(text: string, parameter: Values): bigint | undefined {
  const simple = parseBits(text);
  if (simple !== undefined) return simple.dontCare === 0n ? simple.value : undefined;
  const list = tokens(text);
  if (list === undefined || list.length > LONGEST) return undefined;
  let at = 0;

  function operand(): bigint | undefined {
    const token = list?.[at++];
    if (token === undefined) return undefined;
    if (token === '(') {
      const inside = expression(0);
      return list?.[at++] === ')' ? inside : undefined;
    }
    if (token === '-' || token === '+') {
      const value = operand();
      return value === undefined || token === '+' ? value : -value;
    }
    if (token.includes("'")) return literal(token);
    return parseBits(token)?.value ?? parameter(token);
  }

  function expression(least: number): bigint | undefined {
    let left = operand();
    for (;;) {
      const operator = list?.[at] ?? '';
      const precedence = PRECEDENCE[operator];
      if (left === undefined || precedence === undefined || precedence <= least) return left;
      at++;
      const right = expression(precedence);
      const result = right === undefined ? undefined : apply(operator, left, right);
      left = result !== undefined && BigInt.asIntN(WIDEST, result) === result ? result : undefined;
    }
  }

  const value = expression(0);
  return at === list.length ? value : undefined;
}
