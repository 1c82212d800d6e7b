import type { Json } from './json.ts';

/** One recorded case: what goes in, and what Istio made of it. Fields differ by area; unknown ones are ignored. */
export interface Case {
  readonly file: string;
  readonly area: string;
  readonly name: string;
  readonly body: { readonly [key: string]: Json };
}

/** Envoy resources by the keys of the `render` result: `clusters`, `listeners`, … */
export type Rendered = { readonly [type: string]: readonly Json[] };

/** What a case came to. `skipped` is a case that cannot be asked of this product at all, `refused` one that it says it does not understand. */
export type Verdict =
  | { readonly verdict: 'agrees'; readonly checks: number }
  | { readonly verdict: 'differs'; readonly checks: number; readonly wrong: number; readonly first: string }
  | { readonly verdict: 'refused'; readonly reason: string }
  | { readonly verdict: 'skipped'; readonly reason: string };

/** Counts the checks of one case: it agrees if none of them found a difference. */
export function judge(differences: readonly (string | undefined)[]): Verdict {
  const wrong = differences.filter((difference) => difference !== undefined);
  const first = wrong[0];
  return first === undefined
    ? { verdict: 'agrees', checks: differences.length }
    : { verdict: 'differs', checks: differences.length, wrong: wrong.length, first };
}
