import { canonicalJson } from '../../base/hashing.ts';

/** Throws where what was found is not what is made now. */
export function verify(name: string, make: () => object, found: object): void {
  if (canonicalJson(make()) !== canonicalJson(found)) throw new StalePiece(name);
}

/** A remembered piece is not what would be made now (XC-15): its kind looks at something that is not in its argument. */
export class StalePiece extends Error {
  readonly code = 'STALE_PIECE';
  readonly key: string;
  constructor(kind: string) {
    super(`a remembered piece of kind ${kind} differs from what is made anew`);
    this.name = 'StalePiece';
    this.key = kind;
  }
}
