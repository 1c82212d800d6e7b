import { type Access, ACCESS_FORMAT } from './access.ts';

/**
 * The access file as `pilotless access` prints it, checked when it was made: for functions in which the schemas that check it have no place.
 * Throws on anything else, so that such a function does not start.
 */
export function preparedAccess(text: string): Access {
  const value = parsed(text);
  if (value?.format === ACCESS_FORMAT) return value as Access;
  throw new Error('PILOTLESS_ACCESS is not what "pilotless access FILE" prints; put its output there');
}

function parsed(text: string): { readonly format?: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // no JSON is not what is wanted either
  }
}
