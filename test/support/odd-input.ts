import { stringify } from 'yaml';
import { sampleDocuments } from './sample-documents.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Input that nobody should send, made by chance from input that is fine. */
export interface OddInput {
  /** YAML documents as the body of an apply. */
  documents(): string;
  /** One document as an object. */
  document(): unknown;
  /** The same value with something wrong in it, somewhere. */
  broken(value: unknown): unknown;
  /** The same text with some of its characters changed. */
  garbled(text: string): string;
  text(): string;
  value(): unknown;
}

const TEXTS = [
  '',
  ' ',
  '*',
  '~',
  '/',
  '%',
  '..',
  '\u0000',
  '\u202e',
  '\ud800',
  '\ufeff',
  '🙂'.repeat(50),
  'e\u0301',
  'ﬃ',
  '__proto__',
  'constructor',
  'toString',
  '1e999',
  '-1s',
  '999999999999999999999h',
  '9'.repeat(400),
  '(a{999})'.repeat(20),
  '[::1]',
  '256.0.0.1/33',
  'null',
  'x'.repeat(300),
];
/** What stands in many a place of a good document. */
const PLAUSIBLE = [
  'a',
  'a.b',
  '*.a.b',
  '*',
  '10.0.0.0/8',
  '::1',
  '0s',
  '1ms',
  '8760h',
  'HTTP',
  'TCP',
  'STATIC',
  'DNS',
  'v1',
  'mesh',
  '.',
];
const NUMBERS = [0, -0, -1, 0.1, 1e308, -1e308, 2 ** 53, 4_294_967_296, 65_536, Number.MAX_VALUE, Number.NaN, Infinity];

/** Pieces of YAML that are hard on a reader; `#` is a line of its own. */
const TRICKS = [
  () =>
    `a: &a [x, x]\n${Array.from({ length: 12 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? 'a' : `b${n - 1}`}, *${n === 0 ? 'a' : `b${n - 1}`}]`).join('\n')}\n`,
  () => `${'['.repeat(3_000)}${']'.repeat(3_000)}\n`,
  () => `${'{a: '.repeat(2_000)}${'}'.repeat(2_000)}\n`,
  () => 'x: &x {y: *x}\n',
  () => '<<: *nobody\n',
  () => 'spec: {}\nspec: {}\n',
  () => '? [complex, key]\n: value\n',
  () => '!!binary "?"\n',
  () => '!!js/function "x"\n',
  () => `n: ${'9'.repeat(400)}\n`,
  () => 'n: .inf\nm: .nan\no: 0x7fffffffffffffff\np: 1e999\n',
  () => '%YAML 9.9\n---\n',
  () => '---\n---\n...\n---\n',
  () => '"\\ud800": 1\n',
  () => '\ttab: 1\n',
  () => '__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n',
];

export function oddInput(random: SeededRandom): OddInput {
  const oneOf = <T>(some: readonly T[]): T => some[random.below(some.length)] as T;
  const samples = Object.values(sampleDocuments);
  const letters = (): string =>
    String.fromCodePoint(random.fraction() < 0.8 ? 32 + random.below(95) : random.below(0xd7ff));
  const text = (): string =>
    random.fraction() < 0.7 ? oneOf(TEXTS) : Array.from({ length: random.below(20) }, letters).join('');
  const value = (): unknown => {
    switch (random.below(7)) {
      case 0:
        return null;
      case 1:
        return random.fraction() < 0.5;
      case 2:
        return oneOf(NUMBERS);
      case 3:
        return Array.from({ length: random.below(4) }, value);
      case 4:
        return Object.fromEntries(Array.from({ length: random.below(4) }, () => [text(), value()]));
      default:
        return text();
    }
  };
  /** Mostly of the same type: what is refused at first sight never gets to where it could do harm. */
  const instead = (good: unknown): unknown => {
    if (random.fraction() < 0.3) return value();
    if (typeof good === 'string') return random.fraction() < 0.5 ? oneOf(PLAUSIBLE) : text();
    return typeof good === 'number' ? oneOf(NUMBERS) : value();
  };
  const broken = (whole: unknown): unknown => {
    if (typeof whole !== 'object' || whole === null || random.fraction() < 0.03) return instead(whole);
    const members = Object.keys(whole);
    const chosen = 'spec' in whole && random.fraction() < 0.9 ? 'spec' : oneOf(members);
    if (chosen === undefined) return value();
    if (Array.isArray(whole))
      return whole.map((item: unknown, index) => (String(index) === chosen ? broken(item) : item));
    const changed = Object.entries(whole).flatMap(([name, member]): [string, unknown][] => {
      if (name !== chosen) return [[name, member]];
      const luck = random.fraction();
      if (luck < 0.15) return [];
      return luck < 0.18 ? [[text(), member]] : [[name, broken(member)]];
    });
    return Object.fromEntries(changed);
  };
  const garbled = (good: string): string => {
    const at = random.below(good.length + 1);
    const to = Math.min(good.length, at + random.below(30));
    switch (random.below(4)) {
      case 0:
        return good.slice(0, at) + good.slice(to);
      case 1:
        return good.slice(0, at) + text() + good.slice(at);
      case 2:
        return good.slice(0, to) + good.slice(at, to) + good.slice(to);
      default:
        return good.slice(0, at) + letters() + good.slice(at + 1);
    }
  };
  const document = (): unknown => (random.fraction() < 0.2 ? oneOf(samples) : broken(oneOf(samples)));
  const written = (): string => {
    const plain = stringify(document(), { aliasDuplicateObjects: false });
    const luck = random.fraction();
    if (luck < 0.1) return oneOf(TRICKS)() + plain;
    if (luck < 0.2) return plain + oneOf(TRICKS)();
    return luck < 0.35 ? garbled(plain) : plain;
  };
  return {
    documents: () => Array.from({ length: random.fraction() < 0.7 ? 1 : 3 }, written).join('\n---\n'),
    document,
    broken,
    garbled,
    text,
    value,
  };
}
