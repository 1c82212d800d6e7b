import type { HostName } from '../base/host-name.ts';
import type { IpRange } from '../base/ip-address.ts';
import type { Labels } from '../base/labels.ts';
import type { Destination } from './http-rule.ts';
import type { RuleOrigin } from './rule-origin.ts';

/** One rule for connections that nobody reads as HTTP: plain ones, or TLS that is told apart by the name the client asks for. */
export interface ConnectionRule {
  readonly origin: RuleOrigin;
  /** Alternatives. A plain rule without any matches every connection, a TLS rule without any matches none. */
  readonly matches: readonly ConnectionMatch[];
  readonly destinations: readonly [WeightedEnd, ...WeightedEnd[]];
}

export interface WeightedEnd {
  readonly destination: Destination;
  readonly weight: number;
}

/** All parts must hold; the empty ones always do. */
export interface ConnectionMatch {
  /** Names that TLS clients ask for, `*` for any; always empty in a plain rule. */
  readonly serverNames: readonly HostName[];
  /** Addresses that the client connects to. */
  readonly destinations: readonly IpRange[];
  /** 0 matches every port. */
  readonly port: number;
  /** Who may use it: checked at build time against the proxy, never against the connection (TR-2). */
  readonly sourceLabels: Labels;
  readonly sourceNamespace: string;
  /** `mesh` or `namespace/name`. */
  readonly gateways: readonly string[];
}
