import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Sender } from '../../base/sender.ts';

/** What a connection shows of who is at its other end. A certificate counts only if its chain was verified. */
export function senderOf({ socket }: IncomingMessage): Sender {
  const address = socket.remoteAddress ?? '';
  if (!(socket instanceof TLSSocket) || !socket.authorized) return { address };
  const { subjectaltname } = socket.getPeerCertificate();
  return { address, certificate: { uris: urisIn(subjectaltname ?? '') } };
}

/**
 * The URI names in Node's print of a SAN. A name that holds a comma or a quote is printed as JSON, so that nothing in one name can pass for
 * another name; such a URI is none that is believed.
 */
function urisIn(printed: string): readonly string[] {
  const names = printed.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return names.map((name) => name.trim()).flatMap((name) => (name.startsWith('URI:') ? [name.slice(4)] : []));
}
