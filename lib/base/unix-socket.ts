/** What stands before the path of a unix socket where an address may be one. */
const SCHEME = 'unix://';

export const isUnixSocket = (address: string): boolean => address.startsWith(SCHEME);

/** The path of such an address. */
export const socketPath = (address: string): string => address.slice(SCHEME.length);
