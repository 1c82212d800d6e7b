import type { AuthorizationPolicy } from '../model/authorization-policy.ts';
import type { AuthorizerSettings } from '../model/authorizer.ts';
import type { Service } from '../model/service.ts';

/** Which requests a proxy takes, and whom it asks about them. */
export interface ProxyAuthorization {
  /** Those of the root namespace, then its own (ATT-13), each oldest first. */
  readonly policies: readonly AuthorizationPolicy[];
  /** Those that the policies name and that can be asked; by name. A policy whose authorizer is not here refuses what it matches (XAZ-4). */
  readonly authorizers: readonly ReachedAuthorizer[];
}

/** An external authorizer and the service by which it is reached. */
export interface ReachedAuthorizer {
  readonly settings: AuthorizerSettings;
  readonly service: Service;
}
