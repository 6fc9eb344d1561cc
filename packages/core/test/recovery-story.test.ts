import { describe, expect, it } from 'vitest';
import { goodPassword, otherPassword, world } from './harness.ts';
import { mailsTo } from './probes.ts';

const third = 'a third phrase for later on';

describe('the story of a lost password and a moved mailbox', () => {
  it('forgets, resets, signs in, moves, is moved back, resets again, leaves', async () => {
    const w = world();
    const alice = await w.signedIn('alice@example.com');
    w.outbox.length = 0;
    const asked = await w.browser('203.0.113.1').post('/forgot-password', { email: 'ALICE@example.com' });
    expect([asked.status, asked.body, asked.cookies]).toEqual([202, { status: 'check_email' }, []]);
    await w.auth.drain();
    const reset = w.tokenFor('alice@example.com', 'reset_password');
    const elsewhere = w.browser('203.0.113.1');
    const done = await elsewhere.post('/reset-password', { token: reset, password: otherPassword });
    expect([done.status, [...elsewhere.jar.keys()]]).toEqual([204, ['__Host-device']]);
    expect((await alice.get('/session')).body.user).toBeNull();
    await w.auth.drain();
    expect(mailsTo(w, 'alice@example.com')).toEqual(['reset_password', 'password_changed']);

    expect((await alice.post('/login', { email: 'alice@example.com', password: goodPassword })).status).toBe(401);
    expect((await alice.post('/login', { email: 'alice@example.com', password: otherPassword })).status).toBe(200);
    expect((await alice.post('/change-email', { email: 'Alice@new.example' })).status).toBe(202);
    await w.auth.drain();
    const change = w.tokenFor('Alice@new.example', 'change_email');
    expect((await alice.post('/change-email/confirm', { token: change })).status).toBe(204);
    expect((await alice.get('/session')).body.user).toMatchObject({ email: 'Alice@new.example', emailVerified: true });
    await w.auth.drain();
    const back = w.tokenFor('alice@example.com', 'email_changed');

    expect((await w.browser('203.0.113.1').post('/change-email/revert', { token: back })).status).toBe(204);
    expect((await alice.get('/session')).body.user).toBeNull();
    await w.auth.drain();
    expect(mailsTo(w, 'Alice@new.example')).toEqual(['change_email', 'email_changed']);
    const again = w.tokenFor('alice@example.com', 'reset_password');
    expect(again).not.toBe(reset);
    expect((await alice.post('/reset-password', { token: again, password: third })).status).toBe(204);
    expect((await alice.post('/login', { email: 'alice@new.example', password: third })).status).toBe(401);
    expect((await alice.post('/login', { email: 'alice@example.com', password: third })).status).toBe(200);

    const gone = await alice.delete('/account');
    expect([gone.status, [...alice.jar.keys()]]).toEqual([204, ['__Host-flow']]);
    expect((await alice.post('/login', { email: 'alice@example.com', password: third })).status).toBe(401);
    expect(await w.stores.users.findByLoginKey('alice@example.com')).toBeNull();
  });
});
