import type { Operation, Success } from './operation.ts';

export const example = { email: 'ada@example.com', password: 'correct horse battery staple' } as const;
export const next = 'wholly different pass phrase';
export const token = 'v1.tNn4Zl3gk0kXv9pVxJ0aUuT5mB1dQw7cRyE2sHfLzGo';
export const wish = { 'transport?': 'transport', 'clientId?': 'clientId' } as const;

export const device = '`__Host-device`';
export const flow = '`__Host-flow`';
export const session = '`__Host-session`';
/** Of a session, wherever it lives. */
export const both: readonly [string, string] = [session, '`__Host-refresh`'] as const;
export const forgotten: readonly string[] = both.map((name) => `${name}, expired`);

export const checkEmail: Success = { says: 'The same for every address, known or not.', schema: 'CheckEmail' };
export const signedIn: Success = {
  says: 'Signed in, or a second factor is due.',
  schema: 'Login',
  cookies: [...both, device],
};
export const done: Success = { says: 'Done.', schema: null };
/** Where a session goes on in a new one. */
export const renewed: Operation['success'] = {
  200: { says: 'Done; the family of the access token goes on in a new one.', schema: 'Tokens', cookies: [both[1]] },
  204: { says: 'Done; the session goes on in a new one.', schema: null, cookies: [session] },
};
