// @ts-check

/** Between two looks, in milliseconds. */
const INTERVAL_MS = 3_000;
/** The longest pause after looks that failed. */
const LONGEST_MS = 15_000;
/** A look that takes long is repeated less often, so that a large mesh is not busy with being looked at. */
const REST_FACTOR = 5;

/**
 * What a poller needs of a browser: whether anyone can see the page, and a clock.
 * @typedef {object} Surroundings
 * @property {{ readonly hidden: boolean, addEventListener(type: 'visibilitychange', listener: () => void): void }} document
 * @property {() => number} now In milliseconds.
 * @property {(run: () => void, pauseMs: number) => () => void} after Runs something later; what it answers calls that off.
 */

/**
 * Looks at once and then every few seconds; less often while it fails, and not at all while the page is hidden.
 * @param {() => Promise<boolean>} look Answers whether it went well.
 * @param {Surroundings} surroundings
 */
export function pollWhileVisible(look, { document, now, after }) {
  let callOff = () => {};
  let isLooking = false;
  let failures = 0;

  const lookNow = async () => {
    callOff();
    if (isLooking || document.hidden) return;
    isLooking = true;
    const start = now();
    const went = await look();
    isLooking = false;
    failures = went ? 0 : failures + 1;
    const pause = Math.max(INTERVAL_MS * 2 ** Math.min(failures, 3), (now() - start) * REST_FACTOR);
    callOff = after(() => void lookNow(), Math.min(pause, LONGEST_MS));
  };
  document.addEventListener('visibilitychange', () => void lookNow());
  void lookNow();
}
