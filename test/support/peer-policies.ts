/** What a test says of a policy; the words are those of the document. */
export interface TestPolicy {
  /** `namespace/name`, or `namespace/name/2024` for one that was made in that year. */
  readonly name: string;
  readonly mode?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: Readonly<Record<number, string>>;
}

/** A PeerAuthentication as JSON text. */
export function peerAuthentication({ name: text, mode, labels, ports }: TestPolicy): string {
  const [namespace, name, year] = text.split('/');
  const levels = Object.entries(ports ?? {}).map(([port, of]) => [port, { mode: of }]);
  return JSON.stringify({
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { namespace, name, ...(year !== undefined && { creationTimestamp: `${year}-01-01T00:00:00Z` }) },
    spec: {
      ...(labels && { selector: { matchLabels: labels } }),
      ...(mode !== undefined && { mtls: { mode } }),
      ...(ports && { portLevelMtls: Object.fromEntries(levels) as object }),
    },
  });
}
