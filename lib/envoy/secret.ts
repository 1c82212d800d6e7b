import { unreachable } from '../base/unreachable.ts';
import type { KeptSecret, SecretValueIr } from '../ir/secret.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutAbsent } from './without-defaults.ts';

/**
 * A secret as snapshots have it: its values sealed, so that whoever reads the store has nothing (STO-9). `encodeSecret` makes of it what a
 * proxy is sent.
 */
export const encodeSealedSecret = ({ name, part, values }: KeptSecret): ProtoJson => ({ name, part, values });

/** Reads what `encodeSealedSecret` wrote; other members are left alone. */
export function readSealedSecret(body: ProtoJson): KeptSecret {
  const { name, part, values } = body as unknown as KeptSecret;
  // `part` stands beside its own values since they were written.
  return { name, part, values } as KeptSecret;
}

/** The values of a secret. */
export function valuesOf(secret: KeptSecret): readonly SecretValueIr[] {
  return Object.values(secret.values).filter((value) => value !== undefined);
}

/** SDS-9: a secret as Envoy reads it; `base64Of` is asked for each of its values. */
export function encodeSecret(secret: KeptSecret, base64Of: (value: SecretValueIr) => string): ProtoJson {
  const inline = (value: SecretValueIr | undefined): ProtoJson | undefined => value && { inlineBytes: base64Of(value) };
  const { name } = secret;
  switch (secret.part) {
    case 'pair': {
      const { certificate, key, ocspStaple } = secret.values;
      const tlsCertificate = withoutAbsent({
        certificateChain: inline(certificate),
        privateKey: inline(key),
        ocspStaple: inline(ocspStaple),
      });
      return { name, tlsCertificate };
    }
    case 'trust': {
      const { authorities, revocations } = secret.values;
      return { name, validationContext: withoutAbsent({ trustedCa: inline(authorities), crl: inline(revocations) }) };
    }
    default:
      return unreachable(secret);
  }
}
