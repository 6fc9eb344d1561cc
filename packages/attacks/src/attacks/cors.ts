import { type Attack, attacksOf } from '../attack.ts';
import type { Ground } from '../ground.ts';
import { given, must } from '../verdict.ts';
import { evil, from, sibling } from './csrf.ts';

const readable = async (ground: Ground, origin: string): Promise<string | null> => {
  const { browser } = await ground.member();
  const answer = await ground.does(browser, 'session', {}, { headers: from(origin) });
  given(answer.status < 500, `\`session\` answered ${answer.status}`);
  const allowed = answer.header('access-control-allow-origin');
  const credentials = answer.header('access-control-allow-credentials') === 'true';
  return allowed === origin ||
    (allowed === '*' && credentials) ||
    (allowed === '*' && 'bearer' in ground.profile.session)
    ? allowed
    : null;
};

export const cors: readonly Attack[] = attacksOf('csrf', [
  {
    id: 'CSRF-09',
    title: 'read somebody’s account from another site',
    claim: 'No other origin is told that it may read answers with credentials.',
    run: async (ground) => {
      const allowed = await readable(ground, evil);
      must(allowed === null, `Access-Control-Allow-Origin is \`${allowed}\``);
      return 'no CORS header names it';
    },
  },
  {
    id: 'CSRF-15',
    title: 'read somebody’s account from a sandboxed frame',
    claim: 'The origin `null` may read nothing.',
    run: async (ground) => {
      const allowed = await readable(ground, 'null');
      must(allowed === null, `Access-Control-Allow-Origin is \`${allowed}\``);
      return 'no CORS header names it';
    },
  },
  {
    id: 'CSRF-16',
    title: 'ask leave for another site’s request',
    claim: 'A preflight of another origin is granted nothing.',
    run: async (ground) => {
      await ground.person();
      for (const origin of [evil, sibling(ground), `${ground.target.origin}.evil.example`]) {
        const headers = {
          ...from(origin),
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        };
        const answer = await ground.does(ground.browser(), 'login', {}, { method: 'OPTIONS', headers, raw: '' });
        given(answer.status < 500, `OPTIONS answered ${answer.status}`);
        const allowed = answer.header('access-control-allow-origin');
        must(allowed !== origin && allowed !== '*', `${origin} is granted \`${allowed}\``);
      }
      return 'three origins are granted nothing';
    },
  },
]);
