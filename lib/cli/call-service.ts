import type { Command } from 'commander';

/** What every verb that talks to the service needs to know. */
export interface ServiceOptions {
  readonly server: string;
  readonly token?: string;
}

/**
 * The JSON that the service answers to a GET. Ends the command with 3 when the service cannot be reached, and with 1 and the
 * service's own words when it refuses.
 */
export async function getJson(command: Command, path: string): Promise<unknown> {
  const { server, token } = command.optsWithGlobals<ServiceOptions>();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await reach(command, new Request(urlOf(command, server, path), { headers }));
  const text = await answer.text();
  if (!answer.ok)
    command.error(`error: ${messageIn(text) ?? answer.statusText}`, { exitCode: 1, code: 'pilotless.refused' });
  return JSON.parse(text) as unknown;
}

function urlOf(command: Command, server: string, path: string): string {
  const base = server.replace(/\/+$/, '');
  if (!URL.canParse(base)) command.error(`error: --server ${server} is no URL`);
  return `${base}${path}`;
}

async function reach(command: Command, request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const { origin } = new URL(request.url);
    return command.error(`error: ${origin} could not be reached; start it with "pilotless serve", or say --server`, {
      exitCode: 3,
      code: 'pilotless.unreachable',
    });
  }
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined; // not ours: some proxy in between; its status has to do
  }
}
