import assert from 'node:assert/strict';

/**
 * That so many of a number of independent draws are a fair share: within five standard deviations of the binomial distribution,
 * which a fair draw leaves about once in a million runs.
 */
export function assertShare(count: number, { of: draws, share, what }: Draws): void {
  const tolerance = 5 * Math.sqrt(draws * share * (1 - share));
  assert.ok(
    Math.abs(count - draws * share) <= tolerance,
    `${what}: ${count} of ${draws}, expected a share of ${share}`,
  );
}

interface Draws {
  readonly of: number;
  readonly share: number;
  readonly what: string;
}
