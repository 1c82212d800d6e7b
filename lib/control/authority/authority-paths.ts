/** For workloads. */
export const CERTIFICATES_PATH = '/v1/certificates';

/** For everybody: whom workloads believe. */
export const TRUST_BUNDLE_PATH = '/v1/trust-bundle';

/** For those who look after the authority. */
export const AUTHORITY_PATH = '/v1/authority';
export const ROTATION_PATH = '/v1/authority/rotation';
export const JOIN_TOKENS_PATH = '/v1/join-tokens';

const PATHS: ReadonlySet<string> = new Set([
  ...[CERTIFICATES_PATH, TRUST_BUNDLE_PATH, AUTHORITY_PATH, ROTATION_PATH, JOIN_TOKENS_PATH],
]);

/** Whether a path is the authority's. */
export const isAuthorityPath = (pathname: string): boolean => PATHS.has(pathname);
