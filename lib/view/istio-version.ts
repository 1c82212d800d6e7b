/** Which release of Istio's proxy a node says it is. */
export interface IstioVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Above every release: a proxy that does not say what it is, or in words that mean nothing, counts as the latest (PX-7). */
export const LATEST: IstioVersion = { major: 65_535, minor: 65_535, patch: 65_535 };

/** Reads metadata `ISTIO_VERSION`: `1.27.1`, `release-1.27`, `1.28-alpha.6f2`. Without a patch it is the last one of its minor. */
export function parseIstioVersion(text: string): IstioVersion {
  const [, major, minor, patch] = /^(?:release-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return LATEST;
  return { major: Number(major), minor: Number(minor), patch: patch === undefined ? LATEST.patch : Number(patch) };
}

/** `1.27.1`, `1.27`, `latest`. */
export function printIstioVersion({ major, minor, patch }: IstioVersion): string {
  if (major === LATEST.major) return 'latest';
  return patch === LATEST.patch ? `${major}.${minor}` : `${major}.${minor}.${patch}`;
}
