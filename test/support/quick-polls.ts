import { type TinyServer, tinyServer } from './local-mesh.ts';

/** Stands between an Envoy and the service, and lets the Envoy poll more often than the product allows anyone to. */
export interface QuickPolls extends TinyServer {
  /** How many polls have been answered. */
  readonly answered: () => number;
  /** The path of every poll that was sent something, in order. */
  readonly sent: readonly string[];
  /** Changes every answer on its way; a version stays what it was. */
  edit: (body: string) => string;
}

const SHORTENED = /"(refreshDelay|refresh_delay)":"1s"/g;

/** A document in which every poll loop that waits for a second waits for as long as is said, such as `0.1s`. */
export function withQuickPolls<Document extends object>(document: Document, delay: string): Document {
  return JSON.parse(JSON.stringify(document).replace(SHORTENED, `"$1":"${delay}"`)) as Document;
}

export async function quickPolls(target: string, delay: string): Promise<QuickPolls> {
  const sent: string[] = [];
  const edits = { edit: (body: string): string => body };
  let answered = 0;
  const server = await tinyServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const forward = async (): Promise<void> => {
        const answer = await fetch(`${target}${path}`, { method: 'POST', body: Buffer.concat(chunks) });
        const body = edits.edit(await answer.text()).replace(SHORTENED, `"$1":"${delay}"`);
        const marker = answer.headers.get('x-pilotless');
        if (answer.status === 200) sent.push(path);
        answered += 1;
        response.writeHead(answer.status, marker === null ? {} : { 'x-pilotless': marker });
        response.end(body);
      };
      forward().catch(() => response.destroy()); // Envoy keeps what it has and polls again
    });
  });
  return Object.assign(edits, { ...server, sent, answered: () => answered });
}
