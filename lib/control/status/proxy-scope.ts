import { scopeReport } from '../../explain/scope-report.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import { viewFacts } from '../../view/view-facts.ts';
import type { Worlds } from '../build/worlds.ts';
import { jsonResponse } from '../http/json-response.ts';
import type { ProxyState } from '../polls/proxy-state.ts';

/** What the proxy may call by the newest configuration, which it may not have yet; of one host, or of those that a wildcard overlaps. */
export async function scopeOfProxy(
  worlds: Pick<Worlds, 'newest'>,
  { facts, viewKey }: Pick<ProxyState, 'facts' | 'viewKey'>,
  host: string | null,
): Promise<Response> {
  const { world, revision } = await worlds.newest();
  const view = buildProxyView(world, viewFacts(world, facts)).value;
  const report = scopeReport(view, host === null || host === '' ? undefined : host.toLowerCase());
  return jsonResponse(200, { proxy: facts.id, view: viewKey, revision, ...report });
}
