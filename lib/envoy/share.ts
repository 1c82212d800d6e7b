import type { Share } from '../base/share.ts';
import type { ProtoJson } from './envoy-resource.ts';

/** A FractionalPercent; hundredths are its default. */
export function encodeShare({ numerator, of }: Share): ProtoJson {
  return { ...(numerator !== 0 && { numerator }), ...(of === 'million' && { denominator: 'MILLION' }) };
}
