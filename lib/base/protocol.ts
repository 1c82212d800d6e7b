/** Application protocols that a port can declare (HN-11), in lower case. */
const protocols = [
  'tcp',
  'udp',
  'grpc',
  'grpc-web',
  'http',
  'http_proxy',
  'http2',
  'https',
  'tls',
  'mongo',
  'redis',
  'mysql',
] as const;

/** `unsupported` stands for every other word and for none: what the port carries is then found out by looking. */
export type Protocol = (typeof protocols)[number] | 'unsupported';

/** HN-11: the protocol of a word, in whatever case it is written. */
export function parseProtocol(word: string | undefined): Protocol {
  const lower = word?.toLowerCase();
  return protocols.find((known) => known === lower) ?? 'unsupported';
}

/** HN-12 */
export const isHttp = (protocol: Protocol): boolean =>
  isHttp2(protocol) || protocol === 'http' || protocol === 'http_proxy';

/** HN-12 */
export const isHttp2 = (protocol: Protocol): boolean =>
  protocol === 'http2' || protocol === 'grpc' || protocol === 'grpc-web';

/** HN-12: opaque bytes, with or without TLS around them. */
export const isTcp = (protocol: Protocol): boolean =>
  isTls(protocol) || protocol === 'tcp' || protocol === 'mongo' || protocol === 'redis' || protocol === 'mysql';

/** HN-12 */
export const isTls = (protocol: Protocol): boolean => protocol === 'https' || protocol === 'tls';

/** HN-13: what is inside once TLS is taken off. */
export function afterTlsTermination(protocol: Protocol): Protocol {
  if (protocol === 'https') return 'http';
  return protocol === 'tls' ? 'tcp' : protocol;
}
