// Apart from the checks, which whoever only reads accepted resources does without.

/** Source: BoringSSL's names, which Envoy's page on TlsParameters lists. */
const cipherSuites: ReadonlySet<string> = new Set([
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
  'DES-CBC3-SHA',
]);

/** What starts with a sign is an expression (`-ALL`, `[A|B]`) that only Envoy can judge. */
export const isCipherSuite = (text: string): boolean =>
  text === '' || text === 'ALL' || !/^[\p{L}\p{N}]/u.test(text) || cipherSuites.has(text);

/** Those that Envoy knows, each once, in the order written; the rest was warned about. */
export const usableCipherSuites = (suites: readonly string[]): readonly string[] => [
  ...new Set(suites.filter(isCipherSuite)),
];
