/** A secret in a file of its own on the proxy's machine, which is read anew whenever another one is moved there. */
interface SecretFileIr {
  readonly from: 'secret-file';
  readonly name: string;
  readonly path: string;
}

/** What a proxy shows: by secret discovery, or from files on its machine. */
export type CertificateIr =
  | SecretFileIr
  | { readonly from: 'secret'; readonly name: string }
  | { readonly from: 'files'; readonly certificate: string; readonly key: string };

/** Whom a proxy believes: by secret discovery, or from a file on its machine. */
export type RootsIr =
  SecretFileIr | { readonly from: 'secret'; readonly name: string } | { readonly from: 'file'; readonly path: string };
