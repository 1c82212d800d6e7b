/**
 * In which form objects are answered: whole, as a table for people, or their metadata alone. `version` is that of the group
 * `meta.k8s.io` in which a client reads the form.
 * Source: Kubernetes documentation, "API Concepts", receiving resources as Tables.
 */
export type AnswerForm =
  | { readonly as: 'object' }
  | { readonly as: 'table'; readonly version: string; readonly contentType: string }
  | { readonly as: 'metadata'; readonly version: string; readonly contentType: string };

/** The first form of an `Accept` header that is answered here; `undefined` when the client takes none of them. */
export function answerForm(accept: string | null): AnswerForm | undefined {
  if (accept === null || accept.trim() === '') return { as: 'object' };
  for (const range of accept.split(',')) {
    const form = formOf(mediaRange(range));
    if (form) return form;
  }
  return undefined;
}

export interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** `application/json;as=Table;v=v1` in its parts. */
export function mediaRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = rest.map((part): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}

const JSON_RANGES: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*']);
const FORM_VERSIONS: ReadonlySet<string> = new Set(['v1', 'v1beta1']);

function formOf({ type, parameters }: MediaRange): AnswerForm | undefined {
  if (!JSON_RANGES.has(type)) return undefined;
  const as = parameters.get('as');
  if (as === undefined) return { as: 'object' };
  const version = parameters.get('v') ?? 'v1';
  if (parameters.get('g') !== 'meta.k8s.io' || !FORM_VERSIONS.has(version)) return undefined;
  const contentType = `application/json;as=${as};v=${version};g=meta.k8s.io`;
  if (as === 'Table') return { as: 'table', version, contentType };
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
    ? { as: 'metadata', version, contentType }
    : undefined;
}
