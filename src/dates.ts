/** Days as people write them. Pure: whoever asks brings the time along. */

const DAY = 86_400;

/** A time as authorized_keys writes it, in seconds since 1970. */
export interface WrittenTime {
  /** As if it were UTC. */
  readonly seconds: number;
  /** Whether it is UTC. Else it is meant in the zone of whoever reads it. */
  readonly isUtc: boolean;
}

/** `YYYYMMDD[HHMM[SS]][Z]` (sshd(8), expiry-time; OpenSSH, misc.c, parse_absolute_time); `undefined` where it is no time. */
export function readTime(text: string): WrittenTime | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone] = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?$/i.exec(text) ?? [];
  if (year === undefined) return undefined;
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date) ? undefined : { seconds: date / 1000, isUtc: zone !== undefined };
}

/** The day of a time in seconds since 1970, as `YYYY-MM-DD` in UTC; beyond the calendar of ECMAScript, the year 275760, `the far future`. */
export function dayOf(seconds: number): string {
  return seconds > 8.64e12 ? 'the far future' : new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Whole days between two times in seconds. */
export function daysBetween(from: number, to: number): number {
  return Math.floor((to - from) / DAY);
}
