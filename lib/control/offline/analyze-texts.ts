import type { Finding } from '../../analyze/finding.ts';
import { keyOf } from '../../resources/resource.ts';
import { buildWorld } from '../../world/world.ts';
import { inOrder } from '../config/document-issue.ts';
import { parseDocuments, refusalsOf } from '../config/parse-documents.ts';
import { readText } from '../config/read-text.ts';
import { analyzeMesh } from '../status/analyze-mesh.ts';

/** A finding with the document of the text that it is about, from 1; 0 where that is not known. */
export interface PlacedFinding extends Finding {
  readonly document: number;
}

export interface TextAnalysis {
  readonly objects: number;
  readonly findings: readonly PlacedFinding[];
}

/**
 * Analyzes the documents of a text alone, without a store and without proxies. A document that an apply would refuse is a finding
 * of its own and takes no part in the rest.
 */
export async function analyzeText(text: string, defaultNamespace: string): Promise<TextAnalysis> {
  const read = readText(text);
  const parsed = parseDocuments(read.documents, defaultNamespace);
  const refused = inOrder([...read.errors, ...parsed.errors, ...refusalsOf(parsed.documents)]).map(
    ({ document, kind, namespace, name, path, code, message }): PlacedFinding => ({
      code,
      severity: 'error',
      resource: [kind, namespace, name].every((part) => part === '') ? '' : `${kind}/${namespace}/${name}`,
      path,
      message,
      remedy: 'correct the document; pilotless validate says no more about it than this',
      document,
    }),
  );
  const documents = new Map(
    parsed.documents.map(({ source, resource }) => [keyOf(resource) as string, source.document]),
  );
  const resources = [...new Map(parsed.documents.map(({ resource }) => [keyOf(resource), resource])).values()];
  const { value: world, issues } = buildWorld(resources);
  const found = await analyzeMesh({ resources, world, issues, proxies: undefined });
  return {
    objects: resources.length,
    findings: [...refused, ...found.map((finding) => ({ ...finding, document: documents.get(finding.resource) ?? 0 }))],
  };
}
