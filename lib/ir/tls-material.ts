/** What a proxy shows: by secret discovery, or from files on its machine. */
export type CertificateIr =
  | { readonly from: 'secret'; readonly name: string }
  | { readonly from: 'files'; readonly certificate: string; readonly key: string };

/** Whom a proxy believes: by secret discovery, or from a file on its machine. */
export type RootsIr =
  { readonly from: 'secret'; readonly name: string } | { readonly from: 'file'; readonly path: string };
