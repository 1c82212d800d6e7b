import type { Brand } from '../base/brand.ts';
import type { Labels } from '../base/labels.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { ServerModes } from '../model/mutual-tls.ts';
import type { JwtRule } from '../model/request-authentication.ts';
import type { Service, ServiceKey, ServicePort } from '../model/service.ts';
import type { TrafficPolicy } from '../model/traffic-policy.ts';
import type { ProxyAuthorization } from './proxy-authorization.ts';
import type { MergedGateway } from './merged-gateway.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import type { SidecarFacts } from './sidecar-facts.ts';
import type { SidecarScope } from './sidecar-scope.ts';
import type { TracedAs } from './traced-as.ts';
import type { VisibleSecrets } from './visible-secrets.ts';
import type { VisibleService } from './visible-service.ts';

export type { VisibleService } from './visible-service.ts';

/** Who shares a view: hash of the facts that can change what a proxy is given. */
export type ViewKey = Brand<string, 'ViewKey'>;

/**
 * Facts that no stage reads as they are: the first five are read as the members of `ViewFacts`, and the others by nothing at all
 * (of networks a proxy is asked for the view it wants to have and for a label, NW-1). A stage that begins to read one takes it
 * out of this list, and says with a rule in `deciding-facts.ts` in which worlds it matters.
 */
type UnreadFact = 'id' | 'ips' | 'labels' | 'workloadNamespace' | 'meshId' | 'network' | 'istioVersion';

/**
 * The facts that decide what a proxy is given, and nothing else (VIEW-1, VIEW-2): no id, no addresses, and of the labels
 * only those that some selector names. Equal facts, equal view. What is left out here no stage can read.
 */
export interface ViewFacts extends Omit<ProxyFacts, UnreadFact>, SidecarFacts {
  readonly selectedLabels: Labels;
  /** A proxy without any label takes no part in failover by labels (LB-8). */
  readonly hasLabels: boolean;
  readonly ipFamily: 'v4' | 'v6' | 'dual';
  /** Service ports served at one of the proxy's own addresses (SR-12, SE-15), by target port, services oldest first. */
  readonly ownPorts: readonly OwnPort[];
  /** `undefined` where no span of the proxy says whose it is. */
  readonly tracedAs: TracedAs | undefined;
}

export interface OwnPort {
  readonly service: ServiceKey;
  readonly port: number;
  readonly targetPort: number;
}

/** A service port that the proxy itself serves. */
export interface OwnInstance {
  readonly service: Service;
  readonly port: ServicePort;
  readonly targetPort: number;
  /** Policy of the service without regard to selectors (DR-17), for the inbound connection pool (CL-10). */
  readonly policy: TrafficPolicy | undefined;
}

/** Everything that one class of proxies may see, in a deterministic order. */
export interface ProxyView {
  readonly facts: ViewFacts;
  readonly mesh: MeshSettings;
  /** All that it may call, in the order in which its scope imports it; at most one per host name. */
  readonly services: readonly VisibleService[];
  readonly instances: readonly OwnInstance[];
  /** Which connections to its workload it takes (PA-5). */
  readonly mutualTls: ServerModes;
  /** What its Sidecar, or the lack of one, says about it. */
  readonly scope: SidecarScope;
  /** What a router listens on, merged from all Gateways that select it; `undefined` for a sidecar. */
  readonly gateway: MergedGateway | undefined;
  readonly secrets: VisibleSecrets;
  /** Rules for the tokens of requests to it, in the order in which they were found (RA-1). */
  readonly requestAuthentication: readonly JwtRule[];
  /** Which requests it takes. */
  readonly authorization: ProxyAuthorization;
}
