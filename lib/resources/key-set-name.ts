import { hashOf } from '../base/hashing.ts';

/** JWKS-1: whose keys they are, and where they are published; one of the two may be empty. */
export interface KeySetAddress {
  readonly issuer: string;
  readonly jwksUri: string;
}

/** The name of the KeySet that an address has: `keys-` and 32 hex digits. Apart from the kind, whose schema no world needs. */
export const keySetName = ({ issuer, jwksUri }: KeySetAddress): string =>
  `keys-${hashOf([issuer, jwksUri]).slice(0, 32)}`;
