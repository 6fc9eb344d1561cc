/** A request as it goes out: nothing is added, folded or normalised on the way. */
export interface Sent {
  readonly method: string;
  /** Path and query, byte for byte. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array | null;
  /** Which of the attacker's addresses it comes from, from 1. */
  readonly address: number;
}

export interface Received {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Rejects where no answer comes. Follows no redirect. */
export type Transport = (sent: Sent) => Promise<Received>;

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Names in lower case; a flag has the empty value. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** An answer, with what attacks ask of it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Parsed, or `null` where it is no JSON. */
  readonly json: unknown;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly cookies: readonly SetCookie[];
  header(name: string): string | null;
}

export const answerOf = ({ status, headers, body }: Received): Answer => ({
  status,
  body,
  headers,
  json: parsed(body),
  cookies: headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => cookieOf(value)),
  header: (wanted) => {
    const found = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
    return found.length === 0 ? null : found.join(', ');
  },
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const cookieOf = (line: string): SetCookie => {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const [name, value] = halves(pair);
  const attributes = new Map(rest.map((part) => halves(part)).map(([key, text]) => [key.toLowerCase(), text]));
  return { name, value, attributes };
};

const halves = (text: string): [string, string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** Whether the browser forgets the cookie (RFC 6265 §5.3). */
export const isExpired = ({ value, attributes }: SetCookie): boolean => {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined ? Date.parse(expires) <= Date.now() : value === '';
};

/** The member at a dotted path; `undefined` where there is none. */
export const memberAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;
  }, value);
