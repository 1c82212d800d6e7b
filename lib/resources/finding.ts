import type { Issue } from '../base/issue.ts';

/**
 * What kind of problem a finding is; scripts and dashboards go by these words.
 * - `SYNTAX` the text is no YAML or JSON, or breaks a limit of the reader
 * - `UNKNOWN_KIND` `UNKNOWN_FIELD` `WRONG_TYPE` the document does not have the shape of a kind we know
 * - `INVALID_METADATA` name, namespace, labels or annotations
 * - `REQUIRED` `INVALID_VALUE` `DUPLICATE` `CONFLICT` a rule of the kind; CONFLICT is about fields that exclude each other
 * - `DEPRECATED` `INEFFECTIVE` warnings: a better field exists; this part changes nothing
 * - `NOT_SUPPORTED_YET` valid, but nothing here carries it out
 */
export type FindingCode =
  | 'SYNTAX'
  | 'UNKNOWN_KIND'
  | 'UNKNOWN_FIELD'
  | 'WRONG_TYPE'
  | 'INVALID_METADATA'
  | 'REQUIRED'
  | 'INVALID_VALUE'
  | 'DUPLICATE'
  | 'CONFLICT'
  | 'DEPRECATED'
  | 'INEFFECTIVE'
  | 'NOT_SUPPORTED_YET';

/** What is wrong inside one document, before it is said whose document it is. */
export interface Finding extends Omit<Issue, 'resource'> {
  readonly code: FindingCode;
}

/**
 * Where the checks of one document write down what they find, bound to a place in it; reading goes on after an error, so that
 * all are told at once.
 */
export interface FindingLog {
  /** Everything found so far in the whole document, whatever place this log is bound to. */
  readonly found: readonly Finding[];
  readonly path: string;
  /** The same log at a place below: `at('http[0].match')`, `at('[2]')`. */
  readonly at: (below: string) => FindingLog;
  /** The same log at a member whose name people choose. */
  readonly member: (name: string) => FindingLog;
  readonly error: (code: FindingCode, message: string) => void;
  readonly warning: (code: FindingCode, message: string) => void;
  /** Takes from what checking this document may cost, in a few microseconds each; false when that is used up, and then nothing costly is done. */
  readonly spend: (effort: number) => boolean;
  /** Takes over a finding that was made elsewhere, with its own place. */
  readonly note: (finding: Finding) => void;
}

/** A document with more problems than this has one problem; the rest of them would only hide it. */
const mostFindings = 200;
/** Messages quote what people wrote, and people write long things. */
const longestText = 1000;

/** A second or so for all costly checks of one document. */
const mostEffort = 300_000;

/** What all logs of one document share. */
interface Shared {
  readonly found: Finding[];
  effortLeft: number;
}

export function findingLog(): FindingLog {
  return logAt('', { found: [], effortLeft: mostEffort });
}

function logAt(path: string, shared: Shared): FindingLog {
  const { found } = shared;
  const note = (finding: Finding): void => {
    if (found.length < mostFindings) found.push(finding);
    else if (found.length === mostFindings) found.push(tooMany);
  };
  const noteHere = (severity: Finding['severity'], code: FindingCode, message: string): void =>
    note({ severity, code, path: shortened(path), message: shortened(message) });
  return {
    found,
    path,
    at: (below) => logAt(path === '' || below.startsWith('[') ? `${path}${below}` : `${path}.${below}`, shared),
    member: (name) => logAt(memberPath(path, name), shared),
    error: (code, message) => noteHere('error', code, message),
    warning: (code, message) => noteHere('warning', code, message),
    note,
    spend: (effort) => {
      shared.effortLeft -= effort;
      return shared.effortLeft >= 0;
    },
  };
}

const tooMany: Finding = {
  severity: 'error',
  code: 'INVALID_VALUE',
  path: '',
  message: 'there are more problems in this document; mend these first',
};

const shortened = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** Path of a map's member: `labels["app.kubernetes.io/name"]`, or `labels.app` where a plain word does. */
const memberPath = (path: string, key: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? (path === '' ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`;
