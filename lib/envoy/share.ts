import type { ShareIr } from '../ir/route-configuration.ts';
import type { ProtoJson } from './envoy-resource.ts';

/** A FractionalPercent; hundredths are its default. */
export function encodeShare({ numerator, of }: ShareIr): ProtoJson {
  return { ...(numerator !== 0 && { numerator }), ...(of === 'million' && { denominator: 'MILLION' }) };
}
