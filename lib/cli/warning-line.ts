import { colors } from './colors.ts';
import { type PlacedIssue, placedLine } from './joined-files.ts';

/** A warning is a line like an error's, with the word before what it says. */
export const warningLine = (issue: PlacedIssue): string =>
  placedLine({ ...issue, message: `${colors.yellow('warning')}: ${issue.message}` });
