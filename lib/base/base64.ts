/** The bytes of a text in standard base64, line breaks allowed as Kubernetes allows them; `undefined` for any other text. */
export function fromBase64(text: string): Uint8Array | undefined {
  const dense = text.replace(/[\r\n]/g, '');
  // `atob` forgives spaces and missing padding, which no other reader of these documents does.
  if (dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(dense)) return undefined;
  try {
    const binary = atob(dense);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return undefined;
  }
}

/** So many arguments fit one call on every engine. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}
