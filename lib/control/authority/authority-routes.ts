import type { Gate } from '../http/gate.ts';
import type { SentHandler } from '../http/http-handler.ts';
import { CERTIFICATES_PATH, TRUST_BUNDLE_PATH } from './authority-paths.ts';
import type { CertificateAuthority } from './certificate-authority.ts';

/**
 * Answers the paths of the authority. Who asks for a certificate proves that to the authority itself, and whom workloads believe is no
 * secret; the rest is behind the gate.
 */
export function authorityRoutes({ certificates, api }: CertificateAuthority, gate: Gate): SentHandler {
  const guarded = gate(api);
  const open = api;
  return async (request, sender) => {
    const { pathname } = new URL(request.url);
    if (pathname === CERTIFICATES_PATH) return certificates(request, sender);
    return pathname === TRUST_BUNDLE_PATH ? open(request) : guarded(request, sender);
  };
}
