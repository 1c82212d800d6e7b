import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { texts } from './field-shapes.ts';
import { policyTargetMembers } from './policy-target-spec.ts';

/** Shape of an AuthorizationPolicy. Source: Istio's reference page "Authorization Policy". */
const values = (description: string): z.ZodExactOptional<typeof texts> => texts.exactOptional().describe(description);

const source = z.strictObject({
  principals: values(
    'Identities that the certificate of the caller may carry: trust-domain/ns/namespace/sa/account; * in front, at the end or alone.',
  ),
  notPrincipals: values('Identities that it may not carry.'),
  requestPrincipals: values('Issuer and subject of the token of the request, as issuer/subject; * as above.'),
  notRequestPrincipals: values('Issuer and subject that the token may not have.'),
  namespaces: values('Namespaces that the identity of the caller is in; * stands for any letters, anywhere.'),
  notNamespaces: values('Namespaces that it is not in.'),
  serviceAccounts: values(
    "Service accounts of the caller: account for one of the policy's namespace, or namespace/account.",
  ),
  notServiceAccounts: values('Service accounts that the caller does not have.'),
  trustDomains: values('Trust domains of the identity of the caller; one * in front or at the end.'),
  notTrustDomains: values('Trust domains that it does not have.'),
  ipBlocks: values('Addresses, or ranges such as 10.0.0.0/8, that the connection comes from.'),
  notIpBlocks: values('Addresses and ranges that it does not come from.'),
  remoteIpBlocks: values('Addresses and ranges of the client as the proxies before this one tell it.'),
  notRemoteIpBlocks: values('Addresses and ranges that the client does not have.'),
});

const operation = z.strictObject({
  hosts: values('Hosts that the request asks for, in any case of letters; * in front, at the end or alone. HTTP only.'),
  notHosts: values('Hosts that it does not ask for.'),
  ports: values('Ports that the connection was made to, as text: "8080".'),
  notPorts: values('Ports that it was not made to.'),
  methods: values('Methods of the request: GET, POST; for gRPC always POST. HTTP only.'),
  notMethods: values('Methods that it does not have.'),
  paths: values(
    'Paths of the request without the query: exact, with * in front or at the end, or with {*} and {**} for segments. HTTP only.',
  ),
  notPaths: values('Paths that it does not have.'),
});

const condition = z.strictObject({
  key: z
    .string()
    .exactOptional()
    .describe(
      'What is looked at: request.headers[name], source.ip, request.auth.claims[name], destination.port, connection.sni and others.',
    ),
  values: values('Values of which it has one.'),
  notValues: values('Values of which it has none.'),
});

const rule = z.strictObject({
  from: z
    .array(z.strictObject({ source: source.exactOptional().describe('Who it is; all that is said must hold.') }))
    .exactOptional()
    .describe('Who calls, one of these; anybody when nothing is said.'),
  to: z
    .array(z.strictObject({ operation: operation.exactOptional().describe('What it is; all that is said must hold.') }))
    .exactOptional()
    .describe('What is asked for, one of these; anything when nothing is said.'),
  when: z.array(condition).exactOptional().describe('What else must hold, all of it.'),
});

export const authorizationPolicySpec = z
  .strictObject({
    ...policyTargetMembers,
    action: z
      .enum(['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'])
      .exactOptional()
      .describe(
        'What becomes of requests that a rule matches; ALLOW unless it is said. CUSTOM asks an external authorizer.',
      ),
    provider: z
      .strictObject({
        name: z.string().exactOptional().describe("Name of one of the mesh's extensionProviders."),
      })
      .exactOptional()
      .describe('The external authorizer of action CUSTOM.'),
    rules: z
      .array(rule)
      .exactOptional()
      .describe('Which requests are meant, by any of these; {} is every request. ALLOW without rules allows nothing.'),
  })
  .describe('Says which requests workloads take, and which they refuse.');

export type AuthorizationPolicySpec = Immutable<z.infer<typeof authorizationPolicySpec>>;
export type RuleSpec = Immutable<z.infer<typeof rule>>;
export type SourceSpec = Immutable<z.infer<typeof source>>;
export type OperationSpec = Immutable<z.infer<typeof operation>>;
export type ConditionSpec = Immutable<z.infer<typeof condition>>;
