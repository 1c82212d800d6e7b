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
