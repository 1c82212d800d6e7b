import type { NotNow } from '../../delivery/answer.ts';

/** What a proxy is told that may have something newer than this process has seen, while the store cannot say. */
export const NOT_AGREED: NotNow = {
  status: 503,
  code: 'NOT_AGREED',
  message: 'what this proxy runs cannot be read now; poll again',
  retryAfterSeconds: 1,
};
