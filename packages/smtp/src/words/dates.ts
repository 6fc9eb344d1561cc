const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Day, time and the zone they are in: a mail is read anywhere. */
export const dateIn = (locale: string, timeZone: string): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  });
  return (at) => format.format(at);
};

/** In the largest unit of which there are two or more, rounded down so that nothing is promised too long; never below a minute. */
export const spanIn = (locale: string, ms: number): string => {
  // A mail is written some moments after its link: 24 hours stay 24 hours.
  const whole = Math.max(minute, ms + minute / 2);
  const [size, unit] = units.find(([size]) => whole >= 2 * size) ?? units[units.length - 1] ?? [minute, 'minute'];
  const count = Math.floor(whole / size);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
};

const units: readonly (readonly [number, string])[] = [
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
];
