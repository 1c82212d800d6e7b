import { SecretSourceFailed, type SecretSources, type SourceFailure } from '../../ports/secret-sources.ts';

/** Sources that a test fills: by ARN the values, or why they cannot be had. */
export function memorySecretSources(
  held: ReadonlyMap<string, Readonly<Record<string, string>> | SourceFailure>,
): SecretSources {
  return {
    async fetch({ arn }) {
      const found = held.get(arn) ?? 'NotFound';
      if (typeof found === 'string') throw new SecretSourceFailed(found, `cannot be read: ${found}`);
      const utf8 = new TextEncoder();
      return new Map(Object.entries(found).map(([name, text]) => [name, utf8.encode(text)]));
    },
  };
}
