import type { Issue } from '../../base/issue.ts';
import { findingLog } from '../../resources/finding.ts';
import { keyOf } from '../../resources/resource.ts';
import { type SecretTrouble, troublesOf } from '../../resources/secret-validity.ts';
import type { ConfigStore } from './config-store.ts';
import { type DocumentIssue, documentIssue, resourceName } from './document-issue.ts';
import type { ExistingObject } from './existing-objects.ts';
import type { ParsedDocument, ParsedDocuments } from './parse-documents.ts';
import { sealSecret } from './seal-secret.ts';

/**
 * The documents in the form in which they are stored: Secrets without any value that could be read, and with a warning for each
 * that no proxy can use. Only what has come through here may be planned (STO-9).
 */
export async function sealDocuments(
  { secrets, clock }: Pick<ConfigStore, 'secrets' | 'clock'>,
  documents: readonly ParsedDocument[],
  existing: ReadonlyMap<string, ExistingObject>,
): Promise<ParsedDocuments> {
  const sealed = await Promise.all(
    documents.map(async (document): Promise<ParsedDocuments> => {
      const { resource, source, warnings } = document;
      if (resource.kind !== 'Secret') return { documents: [document], errors: [] };
      const name = resourceName(resource);
      const sealing = await sealSecret(secrets, resource, existing.get(keyOf(resource)));
      if (!sealing.ok) {
        return { documents: [], errors: sealing.issues.map((issue) => documentIssue(source, name, issue)) };
      }
      const noticed = troubleWarnings(document, troublesOf(sealing.facts, clock.now()));
      return {
        documents: [{ ...document, resource: sealing.resource, warnings: [...warnings, ...noticed] }],
        errors: [],
      };
    }),
  );
  return { documents: sealed.flatMap((each) => each.documents), errors: sealed.flatMap((each) => each.errors) };
}

/** What the author of a Secret should know about its values. */
export function troubleWarnings(
  { source, resource }: Pick<ParsedDocument, 'source' | 'resource'>,
  troubles: readonly SecretTrouble[],
): readonly DocumentIssue[] {
  return troubles.map((trouble) => documentIssue(source, resourceName(resource), issueOf(trouble)));
}

function issueOf({ reason, value, message, isServed }: SecretTrouble): Issue {
  const code = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const { path } = findingLog().at('data').member(value);
  const effect = isServed ? '' : '; proxies keep what they could use last';
  return { severity: 'warning', code, path, message: `${message}${effect}` };
}
