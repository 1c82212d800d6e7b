import type { Noted } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import type { Resource, ResourceKey } from '../resources/resource.ts';

/** One Gateway document, defaults filled in. Which proxies it selects and how its servers merge is decided in the view. */
export interface GatewaySource {
  readonly source: ResourceKey;
  readonly name: string;
  readonly namespace: string;
  readonly createdAt: string;
  /** `undefined` selects every router (GW-1). */
  readonly selector: Labels | undefined;
}

export function readGateways(_resources: readonly Resource[]): Noted<readonly GatewaySource[]> {
  return { value: [], issues: [] };
}
