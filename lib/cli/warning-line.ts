import { type DocumentIssue, issueLine } from '../control/document-issue.ts';
import { colors } from './colors.ts';

/** A warning is a line like an error's, with the word before what it says. */
export const warningLine = (file: string, issue: DocumentIssue): string =>
  issueLine(file, { ...issue, message: `${colors.yellow('warning')}: ${issue.message}` });
