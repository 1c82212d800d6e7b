/** The domain that stands for the mesh's own, whatever that is called. */
const LOCAL_DOMAIN = 'cluster.local';
/** trust-domain/ns/namespace/sa/account */
const PRINCIPAL_PARTS = 5;

/** Principals of a policy with all trust domains of the mesh, the current one first, and those that belong to none of them. */
export interface ExpandedPrincipals {
  readonly principals: readonly string[];
  readonly foreign: readonly string[];
}

/** TD-1 to TD-3, TD-5 */
export function expandPrincipals(principals: readonly string[], trustDomains: readonly string[]): ExpandedPrincipals {
  const foreign: string[] = [];
  const expanded = principals.flatMap((principal) => {
    const [domain = '', ...rest] = principal.split('/');
    if (rest.length !== PRINCIPAL_PARTS - 1 || domain === '*') return [principal]; // TD-2
    const isOwn = domain === LOCAL_DOMAIN || trustDomains.some((own) => covers(own, domain) || covers(domain, own));
    if (!isOwn) {
      foreign.push(principal);
      return [principal];
    }
    // TD-3: a pattern stays for the domains that it covers
    const isCovered = (own: string): boolean => domain.startsWith('*') && own.endsWith(domain.slice(1));
    return [...new Set(trustDomains.map((own) => (isCovered(own) ? principal : [own, ...rest].join('/'))))];
  });
  return { principals: expanded, foreign };
}

/** TD-4 */
export const expandTrustDomains = (values: readonly string[], trustDomains: readonly string[]): readonly string[] => [
  ...new Set(values.flatMap((value) => (trustDomains.includes(value) ? trustDomains : [value]))),
];

/** Whether a domain is another one, or that is a pattern that fits it. */
function covers(pattern: string, domain: string): boolean {
  if (pattern === domain || pattern === '*') return true;
  if (pattern.startsWith('*')) return domain.endsWith(pattern.slice(1));
  return pattern.endsWith('*') && domain.startsWith(pattern.slice(0, -1));
}
