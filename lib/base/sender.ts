/**
 * What the front door itself found out about who sends a request. Nothing in it was taken from anything that a client may write, such as
 * a header.
 */
export interface Sender {
  /** The address of the connection; empty where nobody knows it. */
  readonly address: string;
  /** The certificate of the client, verified against the authorities that are trusted with clients. */
  readonly certificate?: SenderCertificate;
  /** Who signed the request, as AWS verified it before it called us: the ARN of the role's session or of the user. */
  readonly iamArn?: string;
}

export interface SenderCertificate {
  /** Its URI names (SAN). */
  readonly uris: readonly string[];
}

/** What is known where nothing was found out. */
export const NOBODY: Sender = { address: '' };
