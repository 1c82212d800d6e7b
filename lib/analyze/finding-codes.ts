/** How bad a finding is: traffic fails; something is not as its author meant it; good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** What one code stands for. */
export interface FindingMeaning {
  readonly severity: Severity;
  /** What it says, for the list of codes in docs/analyze.md. */
  readonly says: string;
  readonly remedy: string;
}

const meaning = (severity: Severity, says: string, remedy: string): FindingMeaning => ({ severity, says, remedy });

/** What analyzers find between objects. A new finding is a row here, a row in docs/analyze.md, and a test. */
export const findingCodes = {
  DESTINATION_NOT_FOUND: meaning(
    'error',
    'A route leads to a host or port that no service has, or that is not exported to where the route is used.',
    'correct the host or port, or describe it with a Service or ServiceEntry that is exported there',
  ),
  SUBSET_NOT_FOUND: meaning(
    'error',
    'A route leads to a subset that no DestinationRule in force defines.',
    'define the subset in the DestinationRule of the host, or correct its name',
  ),
  SUBSET_WITHOUT_ENDPOINTS: meaning(
    'warning',
    'The host of a subset has endpoints, and none of them has the labels of the subset.',
    'correct the labels of the subset, or label the workloads that it means',
  ),
  ROUTE_SHADOWED: meaning(
    'warning',
    'A rule or one of its conditions never matches, because an earlier rule takes all that it is for.',
    'put the closer rule first, or remove it',
  ),
  GATEWAY_NOT_FOUND: meaning(
    'error',
    'A VirtualService is bound to a Gateway that does not exist.',
    'create the Gateway, or correct the name: NAME for the same namespace, NAMESPACE/NAME for another',
  ),
  GATEWAY_HOST_NOT_SERVED: meaning(
    'warning',
    'A VirtualService is bound to a Gateway that opens no port for any of its hosts.',
    'add the host to a server of the Gateway, or remove the Gateway from the VirtualService',
  ),
  GATEWAY_WITHOUT_PROXIES: meaning(
    'warning',
    'No known proxy has the labels that a Gateway selects; found only by the service, which knows the proxies.',
    'correct the selector, or start a router with these labels',
  ),
  CLAIMS_WITHOUT_TOKENS: meaning(
    'warning',
    'A route asks for claims of tokens at a Gateway for which no RequestAuthentication checks any, so that it never matches.',
    'write a RequestAuthentication that selects the routers of the Gateway',
  ),
  GATEWAY_CONFLICT: meaning(
    'warning',
    'Two Gateways open the same port for the same host on the same proxies.',
    'let one Gateway have the host, and bind all VirtualServices of the host to it',
  ),
  CONFLICTING_HOSTS: meaning(
    'error',
    'Two VirtualServices speak for one host to the same sidecars, which follow only the first.',
    'merge them into one VirtualService, or export them to different namespaces',
  ),
  MERGED_HOSTS: meaning(
    'info',
    'Two VirtualServices speak for one host at one Gateway: their rules are joined, the first one comes first.',
    'nothing has to be done where no rule of the second depends on coming first',
  ),
  DESTINATION_RULE_WITHOUT_SERVICE: meaning(
    'warning',
    'The host of a DestinationRule is no service of the mesh.',
    'correct the host, or remove the rule',
  ),
  DESTINATION_RULE_MERGED: meaning(
    'info',
    'A DestinationRule is merged into another of the same host and namespace, which comes first.',
    'put both into one object to have their order in sight',
  ),
  DESTINATION_RULE_IGNORED: meaning(
    'warning',
    'What a DestinationRule says does not apply, because another of the same host and namespace says it already.',
    'put both into one object, or tell them apart by exportTo or workloadSelector',
  ),
  EXPORTED_TO_NOBODY: meaning(
    'warning',
    'An object is exported to nobody, or only to namespaces that have neither objects nor proxies.',
    'correct exportTo ("." is the own namespace, "*" are all), or remove the object',
  ),
  EGRESS_HOST_NOT_FOUND: meaning(
    'warning',
    'An egress host of a Sidecar is that of no service or VirtualService that its proxies may see.',
    'correct the namespace or the host, export what is meant to the namespace of the Sidecar, or remove the host',
  ),
} as const satisfies Readonly<Record<string, FindingMeaning>>;

export type FindingCode = keyof typeof findingCodes;
