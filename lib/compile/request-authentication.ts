import type { JwtAuthnIr, JwtDemandIr, JwtProviderIr } from '../ir/jwt-authn.ts';
import type { JwtRule } from '../model/request-authentication.ts';
import { unreachable } from '../base/unreachable.ts';
import type { ListenerClass } from './http-filter-order.ts';
import type { ListenerView } from './listener-view.ts';

/** RA-2, RA-14: the check of tokens; none where no rule speaks of any, and never for requests that a workload sends itself. */
export function jwtAuthn(
  { requestAuthentication: rules }: Pick<ListenerView, 'requestAuthentication'>,
  listenerClass: ListenerClass,
): readonly JwtAuthnIr[] {
  if (rules.length === 0) return [];
  switch (listenerClass) {
    case 'sidecar-outbound':
      return [];
    case 'sidecar-inbound':
    case 'gateway': {
      const ordered = rules.toSorted(byIssuer);
      const providers = ordered.map(providerOf);
      const demands = demandsOf(ordered.map(({ isRequired }, index) => ({ name: nameOf(index), isRequired })));
      // RA-6: routes by claims are a matter of gateways.
      return [{ type: 'jwt-authn', providers, demands, choosesRouteAnew: listenerClass === 'gateway' }];
    }
    default:
      return unreachable(listenerClass);
  }
}

/** RA-1; rules of one issuer stay in the order in which they were found. */
const byIssuer = (a: JwtRule, b: JwtRule): number => (a.issuer < b.issuer ? -1 : a.issuer > b.issuer ? 1 : 0);

const nameOf = (index: number): string => `origins-${index}`;

function providerOf({ isRequired: _, places, ...rule }: JwtRule, index: number): JwtProviderIr {
  return { name: nameOf(index), ...rule, ...places };
}

interface Demanded {
  readonly name: string;
  readonly isRequired: boolean;
}

/**
 * RA-7: a valid token of any provider, or none at all. Where a single filter reads several places, a token that one provider does not
 * know may be another's, so each of them is asked before the lack of all is looked for.
 */
function demandsOf(all: readonly Demanded[]): JwtDemandIr {
  const required = all.filter(({ isRequired }) => isRequired).map(provider);
  const optional = all.filter(({ isRequired }) => !isRequired).map(provider);
  if (required.length === 0) return optionalDemands(optional);
  const [first] = required;
  if (optional.length === 0 || first === undefined) return oneOrAll(required);
  // RA-9. The optional ones come last: what they find then is their own, or the required one's, which may be gone from the request by now.
  return { type: 'all', of: [...required, { type: 'any', of: [...optional, first, MISSING] }] };
}

const MISSING: JwtDemandIr = { type: 'missing' };

const provider = ({ name }: Demanded): JwtDemandIr => ({ type: 'provider', name });

function optionalDemands(providers: readonly JwtDemandIr[]): JwtDemandIr {
  const orMissing = providers.map((each): JwtDemandIr => ({ type: 'any', of: [each, MISSING] }));
  const [only] = orMissing;
  if (providers.length === 1 && only !== undefined) return only;
  return { type: 'any', of: [...providers, { type: 'all', of: orMissing }] };
}

function oneOrAll(demands: readonly JwtDemandIr[]): JwtDemandIr {
  const [only] = demands;
  return demands.length === 1 && only !== undefined ? only : { type: 'all', of: demands };
}
