import { describe, expect, it } from 'vitest';
import { goodPassword, otherPassword, world } from './harness.ts';

describe('the main story', () => {
  it('registers, confirms, signs in, stays signed in, changes the password, signs out', async () => {
    const w = world();
    const alice = w.browser();
    expect((await alice.post('/register', { email: 'Alice@Example.com', password: goodPassword })).status).toBe(202);
    await w.auth.drain();
    expect(w.outbox.map(({ to, type }) => [to, type])).toEqual([['Alice@Example.com', 'verify_email']]);
    const early = await alice.post('/login', { email: 'alice@example.com', password: goodPassword });
    expect([early.status, early.body.code]).toEqual([403, 'email_unverified']);

    expect((await alice.post('/verify-email', { token: w.tokenFor('Alice@Example.com') })).status).toBe(204);
    const login = await alice.post('/login', { email: 'ALICE@example.com', password: goodPassword });
    expect([login.status, login.body.status, login.body.user.email]).toEqual([200, 'signed_in', 'Alice@Example.com']);
    const me = await w.auth.authenticate(alice.headers());
    expect(me?.user.emailVerified).toBe(true);

    const elsewhere = w.browser('203.0.113.9');
    await elsewhere.post('/login', { email: 'alice@example.com', password: goodPassword });
    expect((await alice.get('/sessions')).body.sessions).toHaveLength(2);
    const changed = await alice.post('/change-password', { current: goodPassword, password: otherPassword });
    expect(changed.status).toBe(204);
    expect((await elsewhere.get('/session')).body).toEqual({ user: null, session: null });
    expect((await alice.get('/session')).body.user.email).toBe('Alice@Example.com');

    expect((await alice.post('/logout')).status).toBe(204);
    expect(await w.auth.authenticate(alice.headers())).toBeNull();
    await w.auth.drain();
    expect(w.outbox.at(-1)?.type).toBe('password_changed');
  });
});
