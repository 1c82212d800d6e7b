import { type SecretBox, SecretKeyUnavailable } from '../ports/secret-box.ts';

/** The box of a service to which nobody gave a key: it refuses Secrets and says why, instead of keeping them in plain. */
export function noSecretBox(reason: string): SecretBox {
  const refuse = async (): Promise<never> => {
    throw new SecretKeyUnavailable(reason);
  };
  return { seal: refuse, open: refuse, fingerprint: refuse };
}
