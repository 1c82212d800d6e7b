import type { IpRange } from '../base/ip-address.ts';
import type { ResourceKey } from '../resources/resource.ts';
import type { AttachedPolicy } from './policy-attachment.ts';

/** What becomes of requests that a policy's rules match. */
export type AuthorizationAction = 'allow' | 'deny' | 'audit' | 'custom';

/** Which requests workloads take, as one document says it. */
export interface AuthorizationPolicy extends AttachedPolicy {
  readonly source: ResourceKey;
  readonly action: AuthorizationAction;
  /** What it would decide is counted, and has no effect (AZ-9). */
  readonly isDryRun: boolean;
  /** Name of the external authorizer of action `custom`; empty for none. */
  readonly provider: string;
  /** In the order written, which their names count by. Without any, the policy matches nothing (AZ-4). */
  readonly rules: readonly AuthorizationRule[];
}

/**
 * A request is meant when some source and some operation fit it; each fits when all its conditions hold (AZ-12). Conditions of
 * `when` stand behind those of every source or operation (AZ-13). Neither list is empty.
 */
export interface AuthorizationRule {
  readonly sources: readonly (readonly SourceCondition[])[];
  readonly operations: readonly (readonly OperationCondition[])[];
}

/** One of the values is there, and none of the others; an empty list asks for nothing. Not both are empty. */
interface Condition<Values> {
  readonly values: Values;
  readonly notValues: Values;
}

interface TextCondition<On extends string> extends Condition<readonly string[]> {
  readonly on: On;
}

interface RangeCondition<On extends string> extends Condition<readonly IpRange[]> {
  readonly on: On;
}

/**
 * A condition that makes no sense. A policy that lets in is narrower for it, one that shuts out is wider: either way less gets
 * through than was written.
 */
export interface UnreadableCondition {
  readonly on: 'unreadable';
}

/** About who asks. Values may hold wildcards, as each is described in the kind's schema. */
export type SourceCondition =
  | UnreadableCondition
  /** `trust-domain/ns/namespace/sa/account`, former trust domains spelled out. */
  | TextCondition<'principal'>
  | TextCondition<'trust-domain'>
  | TextCondition<'namespace'>
  /** `namespace/account` */
  | TextCondition<'service-account'>
  /** `issuer/subject` of the request's token. */
  | TextCondition<'request-principal'>
  | TextCondition<'request-audience'>
  | TextCondition<'request-presenter'>
  | (TextCondition<'request-claim'> & { readonly path: readonly string[] })
  | (TextCondition<'request-header'> & { readonly name: string })
  /** Of the connection itself, and of the client as the proxies before this one tell it. */
  | RangeCondition<'connection-address'>
  | RangeCondition<'client-address'>;

/** About what is asked for. */
export type OperationCondition =
  | UnreadableCondition
  | TextCondition<'host'>
  | TextCondition<'method'>
  /** May be a template with `{*}` and `{**}`. */
  | TextCondition<'path'>
  | TextCondition<'server-name'>
  /** What another filter has noted about the request. */
  | (TextCondition<'filter-metadata'> & { readonly filter: string; readonly key: string })
  | RangeCondition<'destination-address'>
  | (Condition<readonly number[]> & { readonly on: 'destination-port' });
