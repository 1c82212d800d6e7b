/** What a service port speaks. `auto` is an unset or unknown protocol: the listener sniffs. */
export type Protocol =
  | 'http'
  | 'http2'
  | 'http-proxy'
  | 'grpc'
  | 'grpc-web'
  | 'tcp'
  | 'https'
  | 'tls'
  | 'mongo'
  | 'redis'
  | 'mysql'
  | 'udp'
  | 'auto';

const BY_NAME: Readonly<Record<string, Protocol>> = {
  http: 'http',
  http2: 'http2',
  http_proxy: 'http-proxy',
  grpc: 'grpc',
  'grpc-web': 'grpc-web',
  tcp: 'tcp',
  https: 'https',
  tls: 'tls',
  mongo: 'mongo',
  redis: 'redis',
  mysql: 'mysql',
  udp: 'udp',
};

/** HN-11: case does not matter; what is not known is sniffed. */
export const parseProtocol = (name: string | undefined): Protocol => BY_NAME[(name ?? '').toLowerCase()] ?? 'auto';

const HTTP: ReadonlySet<Protocol> = new Set<Protocol>(['http', 'http2', 'http-proxy', 'grpc', 'grpc-web']);
const HTTP2: ReadonlySet<Protocol> = new Set<Protocol>(['http2', 'grpc', 'grpc-web']);
const TCP: ReadonlySet<Protocol> = new Set<Protocol>(['tcp', 'https', 'tls', 'mongo', 'redis', 'mysql']);
const TLS: ReadonlySet<Protocol> = new Set<Protocol>(['https', 'tls']);

// HN-12: the four classes. UDP is in none of them and produces nothing.
export const isHttp = (protocol: Protocol): boolean => HTTP.has(protocol);
export const isHttp2 = (protocol: Protocol): boolean => HTTP2.has(protocol);
export const isTcp = (protocol: Protocol): boolean => TCP.has(protocol);
export const isTls = (protocol: Protocol): boolean => TLS.has(protocol);
