import type { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import type { objectReference } from '../../resources/gateway-api/named-shapes.ts';
import type { Credentials } from './credentials.ts';
import type { IsGranted, ReferenceFrom } from './reference-grants.ts';
import type { StatedProblem } from './stated-condition.ts';

/** Who refers to certificates, and what it may refer to. */
export interface ReferringPlace extends ReferenceFrom {
  readonly credentials: Credentials;
  readonly isGranted: IsGranted;
}

type Reference = Immutable<z.infer<typeof objectReference>>;

/** One with a problem and a name may get better without an edit of the Gateway. */
interface FoundCertificate {
  readonly name?: string;
  readonly problem?: StatedProblem;
}

/** For what a certificate is named: the member of the spec, and the words of its problems. */
interface CertificateUse {
  readonly member: string;
  readonly reason: string;
  readonly what: string;
}

const SERVER: CertificateUse = {
  ...{ member: 'certificateRef', reason: 'InvalidCertificateRef', what: 'certificate reference' },
};
const CLIENT: CertificateUse = {
  ...{ member: 'clientCertificateRef', reason: 'InvalidClientCertificateRef', what: 'clientCertificateRef' },
};

/** GA-6: the certificate that a listener shows. */
export const serverCertificate = (ref: Reference, place: ReferringPlace): FoundCertificate =>
  certificate(ref, SERVER, place);

/** The certificate that a Gateway shows to backends. */
export const clientCertificate = (ref: Reference, place: ReferringPlace): FoundCertificate =>
  certificate(ref, CLIENT, place);

/** Whether one may refer to it is asked before whether it is there: a name of another namespace tells nobody what is in it. */
function certificate(
  ref: Reference,
  { member, reason, what }: CertificateUse,
  place: ReferringPlace,
): FoundCertificate {
  const { group = '', kind = 'Secret', name = '', namespace = place.namespace } = ref;
  const text = `${ref.group ?? ''}/${ref.kind ?? ''}/${name}.${ref.namespace ?? ''}`;
  const invalid = (why: string): FoundCertificate => ({
    problem: { reason, message: `invalid ${what} ${text}, ${why}` },
  });
  if (group !== '' || kind !== 'Secret') return invalid('only secret is allowed');
  if (!place.isGranted(place, { group, kind, namespace, name })) {
    return { problem: notPermitted(member, `${name}/${namespace}`, place) };
  }
  const problem = place.credentials.pairProblem(namespace, name);
  return { name: `kubernetes-gateway://${namespace}/${name}`, ...(problem !== undefined && invalid(problem)) };
}

/** GA-6: the authorities that vouch for the clients of a listener. */
export function clientAuthority(ref: Reference, place: ReferringPlace): FoundCertificate {
  const { group = '', kind = '', name = '', namespace = place.namespace } = ref;
  const text = `${group}/${kind}/${name}.${ref.namespace ?? ''}`;
  const invalid = (reason: string, what: string): FoundCertificate => ({
    problem: { reason, message: `invalid CA certificate reference ${text}, ${what}` },
  });
  if (group !== '' || (kind !== 'Secret' && kind !== 'ConfigMap')) {
    return invalid('InvalidCACertificateKind', 'only secret and configmap are allowed');
  }
  if (!place.isGranted(place, { group, kind, namespace, name })) {
    return { problem: notPermitted('caCertificateRef', `${namespace}/${name}`, place) };
  }
  const problem = place.credentials.trustProblem(kind, namespace, name);
  if (problem !== undefined) return invalid('InvalidCACertificateRef', problem);
  const scheme = kind === 'Secret' ? 'kubernetes-gateway' : 'configmap';
  return { name: `${scheme}://${namespace}/${name}-cacert` };
}

const notPermitted = (member: string, what: string, { namespace }: ReferenceFrom): StatedProblem => ({
  reason: 'RefNotPermitted',
  message: `${member} ${what} not accessible to a Gateway in namespace "${namespace}" (missing a ReferenceGrant?)`,
});
