import { type DocumentIssue, issueLine } from '../control/config/document-issue.ts';
import { countDocuments } from '../control/offline/validate-texts.ts';
import type { InputFile } from './input-files.ts';

/** Stands between two files in what is judged or sent. */
const SEPARATOR = '\n---\n';

/** The texts of all files as the one text that the service sees, so that errors between files are found as well. */
export const joinedTexts = (files: readonly InputFile[]): string => files.map(({ text }) => text).join(SEPARATOR);

/** An issue under the file that its document is in and with that file's own numbers. */
export interface PlacedIssue extends DocumentIssue {
  readonly file: string;
}

/** Finds the files of issues that were found in their joined text. */
export function placedIn(files: readonly InputFile[], issues: readonly DocumentIssue[]): readonly PlacedIssue[] {
  if (issues.length === 0) return []; // reading everything again is only worth it when something is to be said
  const spans = spansOf(files);
  return issues.map((issue) => placed(spans, issue));
}

/** As the command line prints an issue: `file:document: kind/namespace/name: path: message`. */
export const placedLine = ({ file, ...issue }: PlacedIssue): string => issueLine(file, issue);

/** The documents and lines of the joined text that come from one file. */
interface Span {
  readonly file: string;
  readonly documentsBefore: number;
  readonly documents: number;
  readonly linesBefore: number;
}

function spansOf(files: readonly InputFile[]): readonly Span[] {
  let [documentsBefore, linesBefore] = [0, 0];
  return files.map(({ name, text }) => {
    const span = { file: name, documentsBefore, documents: countDocuments(text), linesBefore };
    documentsBefore += span.documents;
    linesBefore += `${text}${SEPARATOR}`.split('\n').length - 1;
    return span;
  });
}

function placed(spans: readonly Span[], issue: DocumentIssue): PlacedIssue {
  const span = spanOf(spans, issue.document);
  if (!span) return { file: '-', ...issue };
  const path = issue.path.replace(/^line (\d+)$/, (_, line: string) => `line ${Number(line) - span.linesBefore}`);
  const first = issue.sameAs === undefined ? undefined : spanOf(spans, issue.sameAs);
  const other =
    first && issue.sameAs !== undefined && first !== span ? issue.sameAs - first.documentsBefore : undefined;
  const message = first && other ? `is the same object as ${first.file}:${other}; keep one of them` : issue.message;
  return { file: span.file, ...issue, document: issue.document - span.documentsBefore, path, message };
}

const spanOf = (spans: readonly Span[], document: number): Span | undefined =>
  spans.find(({ documentsBefore, documents }) => document > documentsBefore && document <= documentsBefore + documents);
