const certificates = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;
const privateKey = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[^]*?-----END ([A-Z]+ )?PRIVATE KEY-----/;

/**
 * The values in a text that someone keeps for us: the members of a JSON object, a bundle of certificates and their key in PEM, or
 * one value called `value`.
 */
export function valuesInText(text: string): Map<string, Uint8Array> {
  const utf8 = new TextEncoder();
  const named = membersIn(text) ?? pairIn(text) ?? (text === '' ? {} : { value: text });
  return new Map(Object.entries(named).map(([name, value]) => [name, utf8.encode(value)]));
}

function membersIn(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const members = Object.entries(parsed).map(([name, value]: [string, unknown]) => {
      return [name, typeof value === 'string' ? value : JSON.stringify(value)] as const;
    });
    return Object.fromEntries(members);
  } catch {
    return undefined;
  }
}

function pairIn(text: string): Readonly<Record<string, string>> | undefined {
  const [chain, key] = [text.match(certificates) ?? [], privateKey.exec(text)?.[0]];
  if (chain.length === 0) return undefined;
  const pem = `${chain.join('\n')}\n`;
  return key === undefined ? { 'ca.crt': pem } : { 'tls.crt': pem, 'tls.key': `${key}\n` };
}
