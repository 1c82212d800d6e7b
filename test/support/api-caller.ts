import { localConfigApi, type ConfigApiOptions } from '../../lib/control/config/config-api.ts';
import type { ConfigStorePorts } from '../../lib/control/config/config-store.ts';
import type { Actor } from '../../lib/control/identity/rights.ts';
import { testPorts } from './config-store.ts';

export interface ApiReply {
  readonly status: number;
  /** The parsed JSON. Tests look into it; they know what they asked for. */
  readonly body: ReplyBody;
  readonly headers: Headers;
}

export interface ReplyBody {
  readonly [member: string]: unknown;
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: string | number;
  readonly revision?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly items?: readonly ReplyBody[];
}

/** Calls one config API of its own, in this process. */
export function apiCaller(ports: Partial<ConfigStorePorts> = {}, options: ConfigApiOptions = {}, actor?: Actor) {
  const app = localConfigApi(testPorts(ports), options);
  const call = async (
    line: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiReply> => {
    const [method = '', path = ''] = line.split(' ');
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request(
      path,
      { method, headers, ...(text !== undefined && { body: text }) },
      { ...(actor && { actor }) },
    );
    return { status: response.status, body: (await response.json()) as ReplyBody, headers: response.headers };
  };
  return { app, call };
}
