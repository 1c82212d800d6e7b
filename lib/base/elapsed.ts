import type { EpochMs } from './brand.ts';
import { parseTimestamp } from './timestamp.ts';

/** How long ago a moment was, as kubectl says it: two units at most, fewer the older it is (`45s`, `12m`, `3h10m`, `5d`). */
export function ageOf(timestamp: string | undefined, now: EpochMs): string {
  const born = parseTimestamp(timestamp ?? '');
  if (born === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - born) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (minutes < 180) return minutes < 10 ? two(minutes, 'm', seconds % 60, 's') : `${minutes}m`;
  if (hours < 48) return hours < 8 ? two(hours, 'h', minutes % 60, 'm') : `${hours}h`;
  return days < 8 ? two(days, 'd', hours % 24, 'h') : `${days}d`;
}

// Four short arguments that read as they print.
const two = (...[large, largeUnit, small, smallUnit]: [number, string, number, string]): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
