interface Curve {
  /** Of a coordinate. */
  readonly bytes: number;
  readonly prime: bigint;
  readonly b: bigint;
}

/** y² = x³ - 3x + b, NIST SP 800-186, section 3.2.1. */
const CURVES: Readonly<Record<string, Curve>> = {
  'P-256': {
    bytes: 32,
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    bytes: 48,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    bytes: 66,
    prime: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};

/** Whether the coordinates, big end first, are those of a point of a curve by its name in RFC 7518. */
export function isPointOnCurve(name: string, x: Uint8Array, y: Uint8Array): boolean {
  const curve = Object.hasOwn(CURVES, name) ? CURVES[name] : undefined;
  if (!curve || x.length !== curve.bytes || y.length !== curve.bytes) return false;
  const [left, right] = [numberOf(x), numberOf(y)];
  const { prime, b } = curve;
  return left < prime && right < prime && (right * right - (left * left * left - 3n * left + b)) % prime === 0n;
}

const numberOf = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
