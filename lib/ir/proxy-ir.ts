import type { DurationMs } from '../base/brand.ts';
import type { ClusterIr } from './cluster.ts';
import type { EndpointsIr } from './endpoints.ts';
import type { ListenerIr } from './listener.ts';
import type { RouteConfigurationIr } from './route-configuration.ts';
import type { SecretIr } from './secret.ts';

/** What resources that are polled for on their own are spelled with. */
export interface PollSetting {
  /** How often the proxy polls routes and endpoints. */
  readonly refresh: DurationMs;
}

/** What one class of proxies should do: every decision taken, nothing spelled yet. Each list is sorted by name. */
export interface ProxyIr extends PollSetting {
  readonly clusters: readonly ClusterIr[];
  /** One per cluster that finds its endpoints by EDS. */
  readonly endpoints: readonly EndpointsIr[];
  readonly listeners: readonly ListenerIr[];
  readonly routes: readonly RouteConfigurationIr[];
  readonly secrets: readonly SecretIr[];
  /** Names of secrets that listeners and clusters name and of which the proxy gets nothing from here, sorted. */
  readonly withheldSecrets: readonly string[];
}
