import type { ProtoJson } from '../../envoy/envoy-resource.ts';
import { MASK } from '../../resources/secret-mask.ts';

/** Members of an Envoy Secret below which everything inline is secret; certificates and trusted authorities are public. */
const secretMembers = new Set(['privateKey', 'password', 'genericSecret', 'sessionTicketKeys']);

/** An Envoy Secret as it may be shown: every inline key, password and ticket replaced (STO-9). */
export function maskSecret(body: ProtoJson): ProtoJson {
  return masked(body, false) as ProtoJson;
}

function masked(value: unknown, isSecret: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, isSecret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, below]) => {
      if (isSecret && (member === 'inlineString' || member === 'inlineBytes')) return [member, MASK];
      return [member, masked(below, isSecret || secretMembers.has(member))];
    }),
  );
}
