import { encodeSecret, readSealedSecret } from '../../envoy/secret.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import type { EnvoyResource, ProtoJson } from '../../envoy/envoy-resource.ts';
import type { Resource } from '../../resources/resource.ts';
import { MASK } from '../../resources/secret-mask.ts';
import type { Profile } from '../../view/proxy-facts.ts';
import { viewFacts } from '../../view/view-facts.ts';
import type { WorldOptions } from '../../world/mesh-settings.ts';
import { buildWorld } from '../../world/world.ts';
import { buildResources } from '../build/build-snapshot.ts';
import { type DocumentIssue, inOrder } from '../config/document-issue.ts';
import { maskSecret } from '../config/mask-secret.ts';
import { parseDocuments, refusalsOf } from '../config/parse-documents.ts';
import { caseName, caseProxy, readCase } from './read-case.ts';
import { readText } from '../config/read-text.ts';

export interface RenderOptions {
  /** Which Envoy it is rendered for; absent leaves it to the node. */
  readonly profile?: Profile;
  readonly showsSecrets: boolean;
}

/** Lists of Envoy resources by the names that `render` prints, each sorted by name. */
export type RenderedResources = Readonly<Record<string, readonly ProtoJson[]>>;

/**
 * What is said of one case. With `errors` beside `resources`, the documents named in the errors were left out of them; with
 * `errors` alone nothing could be rendered.
 */
export interface RenderedCase {
  readonly name: string;
  readonly resources?: RenderedResources;
  readonly errors?: readonly string[];
}

/** Renders one line of `render --cases`. Never throws: whatever goes wrong in a case is said in its own result. */
export function renderCase(line: unknown, options: RenderOptions): RenderedCase {
  try {
    const { name, node, world, resources, errors } = readCase(line);
    const rendered = renderFor({ resources, node, world }, options);
    if (!rendered.ok) return { name, errors: [...errors, ...rendered.errors] };
    return { name, resources: rendered.resources, ...(errors.length > 0 && { errors }) };
  } catch (error) {
    // A fault of ours; the next case must not suffer from it, and the one who reads the results must see it.
    return {
      name: caseName(line),
      errors: [`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
    };
  }
}

type Rendering =
  | { readonly ok: true; readonly resources: RenderedResources; readonly issues: readonly string[] }
  | { readonly ok: false; readonly errors: readonly string[] };

interface ToRender {
  readonly resources: readonly Resource[];
  readonly node: unknown;
  readonly world: WorldOptions;
}

/** What one proxy would receive of these documents. */
function renderFor({ resources, node, world: worldOptions }: ToRender, options: RenderOptions): Rendering {
  const proxy = caseProxy(node, options.profile);
  if (!proxy.ok) return proxy;
  const world = buildWorld(resources, worldOptions);
  const built = buildResources(world.value, viewFacts(world.value, proxy.facts));
  const issues = [...world.issues, ...built.issues].map(({ resource = '', path, message }) =>
    [resource, path, message].filter((part) => part !== '').join(': '),
  );
  return { ok: true, resources: byRenderKey(built.value, options), issues };
}

function byRenderKey(resources: readonly EnvoyResource[], { showsSecrets }: RenderOptions): RenderedResources {
  const lists: Record<string, ProtoJson[]> = {};
  for (const { renderKey } of Object.values(XDS_TYPES)) lists[renderKey] = [];
  const sorted = resources.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const { type, body } of sorted) {
    const shown = type === 'secrets' ? shownSecret(body, showsSecrets) : body;
    lists[XDS_TYPES[type].renderKey]?.push(shown);
  }
  return lists;
}

/** Documents that were never stored have their values in plain; a sealed one cannot be opened here. */
function shownSecret(body: ProtoJson, showsSecrets: boolean): ProtoJson {
  const secret = encodeSecret(readSealedSecret(body), (value) => (value.form === 'plain' ? value.base64 : MASK));
  return showsSecrets ? secret : maskSecret(secret);
}

export interface TextRendering extends RenderOptions {
  readonly node: unknown;
  readonly defaultNamespace: string;
}

export type RenderedText =
  | {
      readonly outcome: 'rendered';
      readonly resources: RenderedResources;
      /** What the documents' author should know, above all what an apply would refuse. */
      readonly warnings: readonly DocumentIssue[];
      /** What the line noticed on the way; what they name was left out. */
      readonly notes: readonly string[];
    }
  | { readonly outcome: 'wrong-documents'; readonly errors: readonly DocumentIssue[] }
  | { readonly outcome: 'wrong-node'; readonly errors: readonly string[] };

/**
 * Renders a text as the service would: documents with errors are refused, all at once. What is valid and not carried out yet is
 * a warning here, and the rest is rendered: a question about a proxy is worth an answer before the last document is ready.
 */
export function renderText(text: string, how: TextRendering): RenderedText {
  const read = readText(text);
  const { documents, errors: wrong } = parseDocuments(read.documents, how.defaultNamespace);
  const errors = inOrder([...read.errors, ...wrong]);
  if (errors.length > 0) return { outcome: 'wrong-documents', errors };
  const rendered = renderFor({ resources: documents.map(({ resource }) => resource), node: how.node, world: {} }, how);
  if (!rendered.ok) return { outcome: 'wrong-node', errors: rendered.errors };
  const refusals = refusalsOf(documents).map((issue) => ({ ...issue, message: `${issue.message} (apply refuses it)` }));
  const warnings = inOrder([...documents.flatMap((document) => document.warnings), ...refusals]);
  return { outcome: 'rendered', resources: rendered.resources, warnings, notes: rendered.issues };
}
