/** One line of the report. */
export interface Question {
  readonly id: string;
  readonly section: string;
  readonly question: string;
  /** Why it is not visible, where no probe says so itself. */
  readonly unseen: string;
}

const tls = 'plain http on this machine';
const account = 'needs DOCTOR_EMAIL and DOCTOR_PASSWORD of a test account';
const database = 'needs DATABASE_URL';
const redis = 'needs --redis URL or REDIS_URL';
const probing = 'needs --probe-limits';
const bearer = 'no token is handed out where nobody signs in';

const sections: Readonly<Record<string, readonly (readonly [id: string, question: string, unseen: string])[]>> = {
  Transport: [
    ['https', 'HTTPS', tls],
    ['redirect', 'plain http leads to https', tls],
    ['hsts', 'HSTS', tls],
  ],
  Answers: [
    ['no_store', 'nobody caches an answer', 'no answer'],
    ['nosniff', 'nobody guesses its type', 'no answer'],
    ['reads_set_nothing', 'reading sets no cookie', 'no answer'],
    ['software', 'the software is not named', 'no answer'],
    ['errors', 'errors tell no stack', 'no answer'],
    ['page_csp', 'pages with a link in their URL run nothing foreign and fit into no frame', 'no page there'],
    ['page_referrer', 'such pages do not pass their URL on', 'no page there'],
    ['app_csp', "the application's first page has a policy", 'no page there'],
  ],
  Cookies: [
    ['cookie_http_only', 'scripts cannot read them', 'no cookie was set'],
    ['cookie_secure', 'they travel by https alone', tls],
    ['cookie_host', 'no other host can set them (__Host-)', tls],
    ['cookie_same_site', 'SameSite is set', 'no cookie was set'],
  ],
  'Requests of other sites': [
    ['csrf_own', 'the own origin is let in', 'no answer'],
    ['csrf_origin', 'a foreign Origin is refused', 'no answer'],
    ['csrf_null', 'Origin: null is refused', 'no answer'],
    ['csrf_site', 'Sec-Fetch-Site: cross-site and same-site are refused', 'no answer'],
    ['csrf_form', 'a form without Origin is refused', 'no answer'],
    ['csrf_get', 'GET changes nothing', 'no answer'],
    ['cors', 'foreign pages cannot read answers', 'no answer'],
    ['oauth_state', 'OAuth state is verified', 'needs a provider that answers'],
  ],
  Passwords: [
    ['passwords_cost', 'hashed at or above the floor of OWASP', database],
    ['passwords_plain', 'none is stored as it is', database],
    ['passwords_logged', 'none is logged', 'only your logs show it'],
  ],
  Sessions: [
    ['session_server', 'kept on the server, the cookie is a reference', account],
    ['session_random', 'ids are random', account],
    ['session_rotates', 'a login makes a new one and ends the old', account],
    ['session_logout', 'a logout ends it on the server', account],
    ['session_lifetime', 'it has a maximum lifetime', account],
  ],
  Tokens: [
    ['jwt_lifetime', 'access tokens live 15 minutes or less', account],
    ['jwt_cookie', 'refresh tokens are HttpOnly cookies', account],
    ['jwt_rotation', 'refresh tokens rotate, and can be revoked', bearer],
    ['secrets', 'secrets have 256 bits and are rotated', 'only createAuth sees them, and refuses shorter ones'],
  ],
  Limits: [
    ['limit_login', 'logins are limited', probing],
    ['limit_forgot', 'requests for a reset are limited', probing],
    ['limit_spoof', 'a header that a client writes makes no new bucket', probing],
    [
      'limit_lockout',
      'an account is locked after many failures',
      'a hundred tries would be needed, and would lock somebody out',
    ],
    ['limit_mfa', 'second factors are limited', 'needs an account with one, and would lock it'],
  ],
  Disclosure: [
    ['same_login', 'a login answers alike for known and unknown', account],
    ['same_timing', 'and takes as long', account],
    ['same_forgot', 'so does forgot-password', 'needs a known address: DOCTOR_EMAIL, or --register'],
    ['same_register', 'so does register', 'needs --register'],
  ],
  Operation: [
    ['clock', 'the clock is right', 'no answer has a Date'],
    ['postgres_version', 'PostgreSQL 12 or newer', database],
    ['postgres_migrations', 'its tables are up to date', database],
    ['postgres_primary', 'it is the primary', database],
    ['postgres_sweep', 'what has expired is removed', database],
    ['sealed_keys', 'AUTH_SECRETS opens all that is sealed', database],
    ['redis_version', 'Redis 7 or newer, or Valkey', redis],
    ['redis_eviction', 'Redis evicts nothing', redis],
    ['outage', 'an outage is a 503 and signs nobody out', 'a database would have to be stopped'],
    ['shutdown', 'a process drains before it ends', 'a process would have to be stopped'],
    ['sizing', 'busy answers are rare', 'only the event request.failed shows it'],
  ],
};

/** The checklist of a secure login and the operating guide, as far as either can be asked. */
export const questions: readonly Question[] = Object.entries(sections).flatMap(([section, rows]) =>
  rows.map(([id, question, unseen]) => ({ id, section, question, unseen })),
);
