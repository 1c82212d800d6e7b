import type { EpochMs } from '../../base/brand.ts';
import { unreachable } from '../../base/unreachable.ts';
import { documentKind, type Kind } from '../../resources/kinds.ts';
import type { Resource } from '../../resources/resource.ts';
import { printDocument } from '../config/print-document.ts';
import type { ConfigStore } from '../config/config-store.ts';
import type { AnswerForm } from './answer-form.ts';
import type { ObjectPath } from './object-path.ts';
import { columnsOf } from './printer-columns.ts';

export interface Printing {
  readonly kind: Kind;
  /** In which objects are shown, whole or in part. */
  readonly apiVersion: string;
  readonly form: AnswerForm;
  /** What the rows of a table carry beside their cells, as the query's `includeObject` says it; metadata unless it is said. */
  readonly includeObject: string | null;
  /** Now: ages in tables are counted from it. */
  readonly now: EpochMs;
}

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** How a request wants objects printed. */
export function printingOf(
  { clock }: Pick<ConfigStore, 'clock'>,
  { names, apiVersion }: ObjectPath,
  { form, query }: { readonly form: AnswerForm; readonly query: URLSearchParams },
): Printing {
  return { kind: names.kind, apiVersion, form, includeObject: query.get('includeObject'), now: clock.now() };
}

/** One object in the form that was asked for. */
export function printObject(resource: Resource, printing: Printing): object {
  const { form, apiVersion } = printing;
  switch (form.as) {
    case 'object':
      return wholeObject(resource, apiVersion);
    case 'metadata':
      return metadataOf(resource, form.version);
    case 'table':
      return tableOf([resource], printing, { resourceVersion: resource.metadata.resourceVersion ?? '' });
    default:
      return unreachable(form);
  }
}

/** A list of objects in the form that was asked for. */
export function printList(resources: readonly Resource[], printing: Printing, metadata: ListMeta): object {
  const { form, kind, apiVersion } = printing;
  switch (form.as) {
    case 'object':
      return {
        kind: `${documentKind(kind)}List`,
        apiVersion,
        metadata,
        items: resources.map((each) => printObject(each, printing)),
      };
    case 'metadata': {
      const items = resources.map((each) => printObject(each, printing));
      return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version}`, metadata, items };
    }
    case 'table':
      return tableOf(resources, printing, metadata);
    default:
      return unreachable(form);
  }
}

/** The answer to a request that wanted this form. */
export function answered(body: object, form: AnswerForm, init: ResponseInit = {}): Response {
  return Response.json(body, { ...init, headers: { 'content-type': contentTypeOf(form) } });
}

export const contentTypeOf = (form: AnswerForm): string =>
  form.as === 'object' ? 'application/json' : form.contentType;

function tableOf(resources: readonly Resource[], printing: Printing, metadata: ListMeta): object {
  const { form, kind, apiVersion, includeObject, now } = printing;
  const version = form.as === 'object' ? 'v1' : form.version;
  const columns = columnsOf(kind);
  const shownObject = (resource: Resource): { object: object } | undefined => {
    if (includeObject === 'None') return undefined;
    return { object: includeObject === 'Object' ? wholeObject(resource, apiVersion) : metadataOf(resource, version) };
  };
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns.map(({ name, description, priority }) => ({
      ...{ name, type: 'string', format: name === 'Name' ? 'name' : '', description, priority },
    })),
    rows: resources.map((resource) => ({
      cells: columns.map(({ cell }) => cell(resource, now)),
      ...shownObject(resource),
    })),
  };
}

/** A namespace that can be read can be used, which clients of Kubernetes look for. */
function wholeObject(resource: Resource, apiVersion: string): object {
  const document = printDocument(resource, apiVersion);
  if (resource.kind !== 'Namespace') return document;
  return { ...document, status: { phase: 'Active', ...resource.status } };
}

const metadataOf = (resource: Resource, version: string): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: printDocument(resource)['metadata'],
});
