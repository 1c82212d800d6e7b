/** Longest body of a direct response, in bytes: what validation allows a VirtualService to carry (RT-15). */
export const MAX_DIRECT_BODY = 1024 * 1024;
