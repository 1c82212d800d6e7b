/** Where a workload or proxy runs; empty strings where nothing is known. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subzone: string;
}

export const NOWHERE: Locality = { region: '', zone: '', subzone: '' };

/** HN-16: `region/zone/subzone`; the label form uses `.` for `/` because label values may not contain a slash. */
export function parseLocality(text: string): Locality {
  const [region = '', zone = '', subzone = ''] = (text.includes('/') ? text : text.replaceAll('.', '/')).split('/');
  return { region, zone, subzone };
}

export function printLocality(locality: Locality): string {
  return [locality.region, locality.zone, locality.subzone].join('/').replace(/\/+$/, '');
}

/** HN-16: whether a written locality covers one: each part that is written must be equal, `*` takes everything from there on. */
export function coversLocality(rule: string, { region, zone, subzone }: Locality): boolean {
  const [ruleRegion = '', ruleZone = '', ruleSubzone = ''] = rule.split('/');
  return (
    (ruleRegion === '*' || region === ruleRegion) &&
    (ruleZone === '*' || ruleZone === '' || zone === ruleZone) &&
    (ruleSubzone === '*' || ruleSubzone === '' || subzone === ruleSubzone)
  );
}
