/** What every answer of ours carries: nobody caches it, guesses its type, frames it, runs it, or learns where its links were opened. */
export const answerHeaders = (requestId: string): [string, string][] => [
  ['cache-control', 'no-store'],
  ['vary', 'Cookie, Origin'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  // A page of ours names what it needs instead (ASVS 5.0, 3.4.3 and 3.4.6).
  ['content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
  ['auth-request-id', requestId],
];

export interface Answer {
  readonly status: number;
  /** JSON, or `null` for none. */
  readonly body: unknown;
  readonly cookies: readonly string[];
  readonly headers?: readonly (readonly [string, string])[];
}

/** The one writer of answers that are no error. */
export const respond = (requestId: string, { status, body, cookies, headers = [] }: Answer): Response => {
  const all = new Headers(answerHeaders(requestId));
  if (body !== null) all.set('content-type', 'application/json');
  for (const [name, value] of headers) all.set(name, value);
  for (const cookie of cookies) all.append('set-cookie', cookie);
  if (body === null) return new Response(null, { status, headers: all });
  return new Response(JSON.stringify(body), { status, headers: all });
};

/** 303 and never 307: the browser must not send the body, a password, along (RFC 9700 §4.12). */
export const redirect = (requestId: string, location: string, cookies: readonly string[]): Response =>
  respond(requestId, { status: 303, body: null, cookies, headers: [['location', location]] });
