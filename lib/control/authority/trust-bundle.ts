import { readAuthorities } from '../../base/certificate-authorities.ts';

/** Certificates in PEM from one place. */
export interface TrustSource {
  /** Where they come from, for the log: `roots`, `Mesh caCertificates[0].pem`. */
  readonly name: string;
  readonly pem: string;
}

export interface TrustBundle {
  /** PEM, one block each, sorted, none twice. */
  readonly roots: readonly string[];
  /** Sources of which nothing was taken, and a clause that says why. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

/** Whom proxies are to believe: the union of all sources. A source with anything but certificates of authorities is left out whole (SDS-13). */
export function trustBundle(sources: readonly TrustSource[]): TrustBundle {
  const roots = new Map<string, string>();
  const rejected: { name: string; reason: string }[] = [];
  for (const { name, pem } of sources) {
    const read = readAuthorities(pem);
    if ('reason' in read) rejected.push({ name, reason: read.reason });
    else for (const [sha256, block] of read.authorities) roots.set(sha256, block);
  }
  return { roots: [...roots.values()].sort(), rejected };
}

/** A SPIFFE bundle as PEM, or a clause that says what is wrong with it. Source: SPIFFE Trust Domain and Bundle, section 4. */
export function readSpiffeBundle(text: string): { readonly pem: string } | { readonly reason: string } {
  let bundle: unknown;
  try {
    bundle = JSON.parse(text);
  } catch {
    return { reason: 'the bundle is no JSON' };
  }
  const keys = (bundle as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return { reason: 'the bundle has no list of keys' };
  const pems: string[] = [];
  for (const key of keys as readonly unknown[]) {
    const { use, x5c } = (key ?? {}) as { readonly use?: unknown; readonly x5c?: unknown };
    if (use !== 'x509-svid') continue;
    const [der, ...others] = Array.isArray(x5c) ? (x5c as readonly unknown[]) : [];
    if (typeof der !== 'string' || others.length > 0)
      return { reason: 'a key of the bundle has not exactly one certificate' };
    pems.push(pemOf(der));
  }
  return pems.length === 0 ? { reason: 'the bundle has no key for certificates' } : { pem: pems.join('') };
}

const pemOf = (der: string): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
