import { request } from 'node:https';
import type { TestCertificate } from './test-certificates.ts';

export interface SecureAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface SecureCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Shown by the client. */
  readonly certificate?: TestCertificate;
}

/** Calls a service whose certificate this authority has signed: `POST /v3/discovery:clusters`. */
export function secureCaller(url: string, authority: string) {
  return (line: string, { headers = {}, body, certificate }: SecureCall = {}): Promise<SecureAnswer> => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const shown = certificate ? { cert: certificate.certificate, key: certificate.key } : {};
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, url), { method, headers, ca: authority, agent: false, ...shown }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
}
