/** A primitive that may not be mixed up with another of the same shape. Brands are made by one function each, never by `as` elsewhere. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** A moment, in milliseconds since 1970-01-01 UTC. */
export type EpochMs = Brand<number, 'EpochMs'>;
export const epochMs = (ms: number): EpochMs => ms as EpochMs;

/** A length of time in milliseconds; never a moment. */
export type DurationMs = Brand<number, 'DurationMs'>;
export const durationMs = (ms: number): DurationMs => ms as DurationMs;

export const plus = (moment: EpochMs, duration: DurationMs): EpochMs => epochMs(moment + duration);
