import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { SealBroken, type SecretBox } from '../../lib/ports/secret-box.ts';
import { contractSuite, type Open, type Promises, type SuiteOptions } from './contract-suite.ts';

/** A box, and the same one as another process would open it. */
export interface OpenedBox {
  readonly box: SecretBox;
  readonly again: () => SecretBox;
  /** A box with another key. */
  readonly stranger: () => SecretBox;
}

/** The promises of `SecretBox`, checked on one adapter. */
export function secretBoxContract(name: string, open: Open<OpenedBox>, options: SuiteOptions = {}): void {
  contractSuite(`secret box: ${name}`, { open, promises, options });
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const PLACE = 'Secret/default/shop/tls.key';
const MARKER = 'a-value-that-nobody-may-see';

const promises: Promises<OpenedBox> = {
  'STO-9: a sealed text says nothing of the value and opens to exactly its bytes': async ({ box }) => {
    const sealed = await box.seal(bytes(MARKER), PLACE);
    assert.match(sealed, /^[!-~]+$/);
    for (const text of [sealed, ...sealed.split('.').map((part) => Buffer.from(part, 'base64').toString('latin1'))]) {
      assert.ok(!text.includes(MARKER.slice(0, 8)));
    }
    assert.deepEqual(await box.open(sealed, PLACE), bytes(MARKER));
  },
  'values of any bytes and length come back': async ({ box }) => {
    for (const value of [new Uint8Array(), Uint8Array.from([0]), new Uint8Array(randomBytes(300_000))]) {
      assert.deepEqual(await box.open(await box.seal(value, PLACE), PLACE), value);
    }
  },
  'the same value makes another text each time': async ({ box }) => {
    assert.notEqual(await box.seal(bytes(MARKER), PLACE), await box.seal(bytes(MARKER), PLACE));
  },
  'another process with the key opens it': async ({ box, again }) => {
    assert.deepEqual(await again().open(await box.seal(bytes(MARKER), PLACE), PLACE), bytes(MARKER));
  },
  'STO-9: a text opens only at the place that it was sealed for': async ({ box }) => {
    const sealed = await box.seal(bytes(MARKER), PLACE);
    await assert.rejects(box.open(sealed, 'Secret/other/shop/tls.key'), SealBroken);
    await assert.rejects(box.open(sealed, `${PLACE}x`), SealBroken);
  },
  'a text that was changed does not open': async ({ box }) => {
    const sealed = await box.seal(bytes(MARKER), PLACE);
    const flipped = (at: number): string => {
      const other = sealed.at(at) === 'A' ? 'B' : 'A';
      return sealed.slice(0, at) + other + sealed.slice(at + 1);
    };
    const body = sealed.lastIndexOf('.') + 1;
    for (const broken of ['', 'x', 'v1..', sealed.slice(0, -8), flipped(body), flipped(sealed.length - 6)]) {
      await assert.rejects(box.open(broken, PLACE), SealBroken, broken);
    }
  },
  'STO-9: a box with another key opens nothing and knows no fingerprint': async ({ box, stranger }) => {
    const other = stranger();
    await other.seal(bytes('its own'), PLACE);
    await assert.rejects(other.open(await box.seal(bytes(MARKER), PLACE), PLACE), SealBroken);
    assert.notEqual(await other.fingerprint(bytes(MARKER), PLACE), await box.fingerprint(bytes(MARKER), PLACE));
  },
  'a fingerprint is the same in every process, and another for another value or place': async ({ box, again }) => {
    const one = await box.fingerprint(bytes(MARKER), PLACE);
    assert.match(one, /^[0-9a-f]{32}$/);
    assert.equal(await again().fingerprint(bytes(MARKER), PLACE), one);
    assert.notEqual(await box.fingerprint(bytes(`${MARKER}x`), PLACE), one);
    assert.notEqual(await box.fingerprint(bytes(MARKER), `${PLACE}x`), one);
    // Where the place ends and the value begins is part of it.
    assert.notEqual(await box.fingerprint(bytes('bc'), 'a'), await box.fingerprint(bytes('c'), 'ab'));
  },
};
