/** A number with what it counts: `1 error`, `3 errors`. */
export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
