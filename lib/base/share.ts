/** So many of a hundred or of a million requests. */
export interface Share {
  readonly numerator: number;
  readonly of: 'hundred' | 'million';
}
