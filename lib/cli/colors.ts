import { createColors } from 'picocolors';

/** Colours of what goes to standard output: on a terminal only, so that in a pipe, or in the log of a CI, lines stay plain. */
export const colors = createColors(Boolean(process.stdout.isTTY) && !process.env['NO_COLOR']);
