import type { ApplyOutcome, ApplyRequest } from '../../lib/control/config/apply-documents.ts';
import { applyDocuments } from '../../lib/control/config/apply-documents.ts';
import type { ConfigStore } from '../../lib/control/config/config-store.ts';
import { readText } from '../../lib/control/config/read-text.ts';

/** A VirtualService of one host and one destination, as YAML. */
export function virtualService(name: string, { host = 'reviews', labels = {}, namespace = '' } = {}): string {
  const metadata = JSON.stringify({ name, ...(namespace && { namespace }), labels });
  return [
    'apiVersion: networking.istio.io/v1',
    'kind: VirtualService',
    `metadata: ${metadata}`,
    'spec:',
    `  hosts: [${host}]`,
    `  http: [{route: [{destination: {host: ${host}}}]}]`,
  ].join('\n');
}

export const documents = (...texts: readonly string[]): string => texts.join('\n---\n');

/** Applies a text with the options that matter to the test. */
export async function applyText(
  store: ConfigStore,
  text: string,
  options: Partial<ApplyRequest> = {},
): Promise<ApplyOutcome> {
  const read = readText(text);
  return applyDocuments(store, {
    documents: read.documents,
    unreadable: read.errors,
    defaultNamespace: 'default',
    writer: 'tester',
    isDryRun: false,
    ...options,
  });
}

/** Applies and answers what became of it, or throws: for the steps before the one that a test is about. */
export async function applied(store: ConfigStore, text: string, options: Partial<ApplyRequest> = {}) {
  const outcome = await applyText(store, text, options);
  if (outcome.outcome !== 'applied') throw new Error(`not applied: ${JSON.stringify(outcome)}`);
  return outcome;
}
