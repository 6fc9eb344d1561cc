/** What the application is told, as JSON, on its command line. */
export interface Settings {
  /** Where it listens on loopback. */
  readonly port: number;
  readonly postgres: { readonly url: string; readonly poolSize: number };
  readonly redis: RedisSettings;
  /** Of every store call; the drivers' own limits are the same. */
  readonly timeoutMs: number;
}

export type RedisClient = 'node-redis' | 'ioredis';

export type RedisSettings = { readonly client: RedisClient } & (
  | { readonly kind: 'single'; readonly port: number }
  | { readonly kind: 'cluster'; readonly ports: readonly number[] }
  | { readonly kind: 'sentinel'; readonly name: string; readonly ports: readonly number[] }
);

/** What the application says of itself. */
export interface Report {
  readonly pid: number;
  /** Name and code of every event of a failure, with how often it came. */
  readonly failures: Readonly<Record<string, number>>;
  /** The latest events with the code `internal`, which no outage may cause. */
  readonly internal: readonly unknown[];
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number };
}

export interface Mail {
  readonly type: string;
  readonly to: string;
  readonly token: string | null;
  readonly at: number;
}

export const origin = 'https://app.example.com';
