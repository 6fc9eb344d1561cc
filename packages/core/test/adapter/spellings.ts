/** Spellings of the path of a login that are another path to whoever compares them as they are. */
export const spellings: readonly string[] = [
  '//auth/login',
  '/AUTH/login',
  '/Auth/login',
  '/auth/Login',
  '/auth/login/',
  '/auth//login',
  '/auth%2flogin',
  '/auth%2Flogin',
  '/%61uth/login',
  '/auth/log%69n',
  '/auth/login%2f',
  '/auth/login%00',
  '/auth/login;a=b',
  '/auth',
  '/auth?/login',
];

/** Those that a parser of URLs makes the path itself. */
export const parsedAway: readonly string[] = [
  '/auth/./login',
  '/auth/../auth/login',
  '/x/../auth/login',
  '/auth/x/../login',
  '/auth/%2e%2e/auth/login',
  '/auth/%2e/login',
  '/auth/login#x',
  '/authx/../auth/login',
  'http://app.example.com/auth/login',
  'https://evil.example/auth/login',
];

/** The same, and no target that HTTP allows. */
export const withBackslash: readonly string[] = ['/auth\\login', '/auth/\\..\\login'];
