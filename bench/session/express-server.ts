import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argon2 } from '@sallyport/argon2';
import { createAuth, memoryStores, password } from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import express from 'express';

/** One server a process: `bare` answers what `sallyport` answers after a session check. Speaks to its parent by messages. */
const kind = process.argv[2];
const app = express();
const body = { user: { id: 'usr_0000000000000000000000', email: 'bench@example.com' } };
let cookie = '';

if (kind === 'bare') {
  app.get('/api/profile', (_req, res) => {
    res.json(body);
  });
} else {
  const auth = createAuth({
    mode: 'development',
    origin: 'https://app.example.com',
    secrets: `1:${randomBytes(32).toString('base64url')}`,
    stores: memoryStores(),
    notifier: { send: async () => {} },
    registration: 'open',
    hasher: argon2(),
    limits: {
      login_ip: { burst: 100_000 },
      login_pair: { burst: 100_000 },
      login_login: { burst: 100_000 },
      login_account: { burst: 100_000 },
      login_device: { burst: 100_000 },
    },
    features: [password()],
  });
  const web = expressAuth(auth);
  app.use(web.router);
  app.use(web.load);
  app.get(
    '/api/profile',
    web.require({}, (_req, res, me) => {
      res.json({ user: { id: me.user.id, email: me.user.email } });
    }),
  );
  const input = { email: 'bench@example.com', password: 'correct horse battery staple' };
  const signedIn = await auth.api.register(input, new Headers(), { peer: '127.0.0.1' });
  cookie = signedIn.cookies.map((one) => one.split(';', 1)[0]).join('; ');
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0, cookie });
});
process.on('message', (message) => {
  if (message !== 'vitals') return;
  process.send?.({ peakMiB: process.resourceUsage().maxRSS / 1_024, loopDelayP99Ms: delay.percentile(99) / 1e6 });
  delay.reset();
});
process.on('disconnect', () => process.exit(0));
