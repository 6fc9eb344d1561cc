import { describe, expect, it } from 'vitest';
import { goodPassword, origin, type World, world } from './harness.ts';
import { times } from './probes.ts';
import { wireSend } from './wire.ts';

const form = 'application/x-www-form-urlencoded';
const stored = 'mike@example.org';

/** Where an address can be given that a mail may go to. */
const routes = ['/forgot-password', '/change-email', '/register', '/verify-email/send'] as const;

const start = async () => {
  const w = world({ limits: { mail_ip: { burst: 10_000 }, register_ip: { burst: 10_000 } } });
  const mike = await w.signedIn(stored);
  w.outbox.length = 0;
  const headers = { cookie: mike.headers().get('cookie') ?? '' };
  const send = async (path: string, email: unknown) => {
    const extra = path === '/register' ? { password: goodPassword } : {};
    const answer = await wireSend(w.auth, path, { body: JSON.stringify({ email, ...extra }), headers });
    await w.auth.drain();
    return answer.status;
  };
  return { w, send, headers };
};

const invalid: readonly unknown[] = [
  ...['mike@example.org,eve@evil.example', 'mike@example.org;eve@evil.example', 'mike@example.org eve@evil.example'],
  ...['mike@example.org\r\nBcc: eve@evil.example', 'mike@example.org\nX: y', 'mike@example.org\0eve@evil.example'],
  ...['"mike"@example.org', '"mike@example.org,eve"@evil.example', 'mike(x)@example.org', '<mike@example.org>'],
  ...['Mike <mike@example.org>', 'mike@example.org>', 'mike@@example.org', 'mike@example.org@', '@example.org'],
  ...['mike@[127.0.0.1]', 'mike@127.0.0.1', 'mike@localhost', 'mike@example', 'mike@example..org', 'mike.@example.org'],
  ...['mike@example.org?cc=eve@evil.example', 'mailto:mike@example.org', 'mike@exa mple.org', 'mike%example.org'],
  ...['mike@example.org\u2028eve@evil.example', 'mike\u0085@example.org', '', ' ', '@', 'a'.repeat(65).concat('@b.co')],
  ...[[stored], [stored, 'eve@evil.example'], { email: stored }, { toString: stored }, null, 7, true, [[stored]], {}],
  'a'.repeat(15_000).concat('@example.org'),
];

/** Compatibility forms and look-alikes of the stored address; what case mapping or NFKC would make of them is another address. */
const lookalikes = [
  ...['m\u0131ke@example.org', 'mi\u212Ae@example.org', 'm\u0456ke@example.org', '\uFF4Dike@example.org'],
  ...[
    'mike@example\u3002org',
    'mike@\uFF45xample.org',
    'mike@ex\u0430mple.org',
    'mike@example.or\u0261',
    'm\u0130ke@example.org',
  ],
  ...[
    'mike\u200B@example.org',
    'mike@example.org\u200B',
    'mi\u00ADke@example.org',
    'mike@e\u0300xample.org',
    'm\u00EDke@example.org',
  ],
  ...[
    'mike@example.org.',
    'mike+x@example.org',
    'm.ike@example.org',
    'mike@xn--example-6q4b.org',
    'mi\u017Fke@example.org',
  ],
];

describe.each(routes)('%s', (path) => {
  it('EMAIL-05 EMAIL-07 EMAIL-10: what is no single plain address is 422, and nobody is mailed to', async () => {
    const { w, send } = await start();
    for (const email of invalid) expect([email, await send(path, email)]).toEqual([email, 422]);
    expect(w.outbox).toEqual([]);
  });

  it('EMAIL-01 S19: a look-alike of the stored address never has the stored address’s mail', async () => {
    const { w, send } = await start();
    for (const email of lookalikes) expect([202, 422]).toContain(await send(path, email));
    for (const mail of w.outbox) {
      // A mail about the stored user goes where the user is stored; the others are about the address that was asked for.
      if (mail.type === 'reset_password') expect(mail.to).toBe(stored);
      if (mail.to !== stored) expect(mail.type).toMatch(/^(?:verify_email|change_email)$/);
    }
  });

  it('EMAIL-05: a member twice in a form, or as a list, is neither value', async () => {
    const { w, headers } = await start();
    const fields = path === '/register' ? `&password=${encodeURIComponent(goodPassword)}` : '';
    for (const body of [
      `email=${stored}&email=eve@evil.example${fields}`,
      `email[]=${stored}&email[]=eve@evil.example${fields}`,
      `email[0]=${stored}${fields}`,
    ]) {
      const answer = await wireSend(w.auth, path, { type: form, body, headers });
      expect([400, 415, 303]).toContain(answer.status);
      if (answer.status === 303) expect(answer.headers.get('location')).toMatch(`${origin}/auth/error?code=`);
    }
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
  });

  it('a megabyte is 413, and costs nothing', async () => {
    const { w, send } = await start();
    w.log.length = 0;
    expect(await send(path, 'a'.repeat(1_048_576))).toBe(413);
    expect([w.log, w.outbox]).toEqual([[], []]);
  });

  it('TOK-15: members that other products take from a request are unknown here', async () => {
    const { w, headers } = await start();
    for (const name of [
      'to',
      'from',
      'userId',
      'expiration',
      'where',
      'redirectTo',
      'url',
      'host',
      'id',
      '__proto__x',
    ]) {
      const body = JSON.stringify({ email: stored, password: goodPassword, [name]: 'eve@evil.example' });
      const answer = await wireSend(w.auth, path, { body, headers });
      expect([name, answer.status]).toEqual([name, 422]);
    }
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
  });
});

describe('EMAIL-01 EMAIL-14: forgot-password', () => {
  const mails = async (w: World, email: string) => {
    w.outbox.length = 0;
    await w.browser(`192.0.2.${times(1, () => w.log.length % 200)[0]}`).post('/forgot-password', { email });
    await w.auth.drain();
    return w.outbox.map(({ to }) => to);
  };

  it('writes to the address as it is stored, however it was typed this time', async () => {
    const w = world({ limits: { mail_login: { burst: 100 } } });
    await w.browser().post('/register', { email: 'Mike.O@Bücher.example', password: goodPassword });
    await w.auth.drain();
    for (const email of ['mike.o@bücher.example', 'MIKE.O@XN--BCHER-KVA.EXAMPLE', ' Mike.O@BÜCHER.example '])
      expect([email, await mails(w, email)]).toEqual([email, ['Mike.O@xn--bcher-kva.example']]);
  });

  it('writes to nobody, or to the stored address: never to the one that was typed', async () => {
    const w = world({ limits: { mail_login: { burst: 100 } } });
    await w.confirmed(stored);
    const found: string[] = [];
    for (const email of lookalikes) {
      const to = await mails(w, email);
      expect([email, to.filter((one) => one !== stored)]).toEqual([email, []]);
      if (to.length > 0) found.push(email);
    }
    // The Kelvin sign is canonically a K (NFC), a full-width domain that very domain to every resolver (UTS #46).
    expect(found).toEqual(['mi\u212Ae@example.org', 'mike@\uFF45xample.org']);
  });
});
