import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Forms of keys that are known well enough to be sure. Names of examples say so in the key itself, as AWS does it. */
const FORMS: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:\\n|\s)*[A-Za-z0-9+/=]{40,}/,
  'an access key of AWS': /\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b/,
  'a secret key of AWS': /aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/i,
  'a token of GitHub': /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  'a token of npm': /\bnpm_[A-Za-z0-9]{36}\b/,
  'a token of Slack': /\bxox[abposr]-[A-Za-z0-9-]{20,}/,
  'a key of Google': /\bAIza[A-Za-z0-9_-]{35}\b/,
  'a key of Stripe': /\b[rs]k_live_[A-Za-z0-9]{20,}/,
  'a signed token (JWT)': /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/,
};

/** What of a text looks like a key that should not be in it, as `line 3: a private key`; never the key itself. */
export function secretsIn(text: string): readonly string[] {
  return Object.entries(FORMS).flatMap(([what, form]) => {
    const at = text.search(form);
    return at < 0 ? [] : [`line ${text.slice(0, at).split('\n').length}: ${what}`];
  });
}

/** The same over files, as `path: line 3: a private key`. */
export function scanFiles(root: string, files: readonly string[]): readonly string[] {
  return files.flatMap((file) => secretsIn(readFileSync(join(root, file), 'utf8')).map((found) => `${file}: ${found}`));
}
