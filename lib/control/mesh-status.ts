import type { DurationMs } from '../base/brand.ts';
import type { Clock } from '../ports/clock.ts';
import type { Records } from '../ports/records.ts';
import type { ServedHeads } from './build/served-heads.ts';
import type { StoredSnapshots } from './build/stored-snapshots.ts';
import type { ConfigSource, Worlds } from './build/worlds.ts';
import { debugApi } from './http/debug-api.ts';
import type { HttpHandler } from './http/http-handler.ts';
import type { ProxyStates } from './polls/proxy-states.ts';
import { analysisApi } from './status/analysis-api.ts';
import { objectConditions, type WithConditions } from './status/object-sights.ts';
import { proxiesApi } from './status/proxies-api.ts';
import type { StoredReports } from './status/view-report.ts';
import { viewsApi } from './status/views-api.ts';
import type { ViewRegistry } from './views/view-registry.ts';

/** What is known of a mesh by whoever delivers to it, or by whoever reads what those wrote down. */
export interface MeshSights {
  readonly records: Records;
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly worlds: Worlds;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  readonly states: ProxyStates;
  readonly reports: StoredReports;
  readonly registry: ViewRegistry;
  /** How old what is known of a proxy's last poll may be (DLV-6); 0 where this process hears every poll. */
  readonly slack: DurationMs;
}

/** How proxies, views and objects stand, for people. */
export interface MeshStatus {
  readonly proxies: ReturnType<typeof proxiesApi>;
  readonly views: HttpHandler;
  readonly analysis: HttpHandler;
  readonly debug: HttpHandler;
  /** How far objects got (ST-9). */
  readonly withConditions: WithConditions;
}

/**
 * Shows a mesh to people. Apart from delivery, which answers polls in functions of its own: nobody who polls should wait at a cold
 * start for the schemas and explanations that people read.
 */
export function meshStatus(sights: MeshSights): MeshStatus {
  return {
    proxies: proxiesApi(sights),
    views: viewsApi(sights),
    analysis: analysisApi(sights),
    debug: debugApi(sights.config),
    withConditions: objectConditions(sights),
  };
}
