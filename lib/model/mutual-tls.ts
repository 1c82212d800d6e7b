/** What the servers of a namespace or a port take: mutual TLS alone, mutual TLS and plain text, or plain text alone. */
export type MutualTlsMode = 'strict' | 'permissive' | 'disabled';
