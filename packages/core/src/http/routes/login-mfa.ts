import type { LoginMfaFlow } from '../../flows/mfa/login.ts';
import type { Cookies } from '../cookies.ts';
import { entryReply, flowDigest } from '../entry.ts';
import { flag } from '../fields.ts';
import { invalid, oneOf, optional, token } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { withQuery } from '../query.ts';
import { type Route, redirectTo, reply, route } from '../route.ts';
import { mfaHeads } from './mfa-heads.ts';

interface Needs {
  readonly loginMfa: LoginMfaFlow;
  readonly keep: Keepsakes;
  readonly cookies: Cookies;
  /** Whether a browser can be trusted. */
  readonly trusts: boolean;
}

/** What a person can mend on the page that asked: it comes again, with the code of what was wrong. */
const mendable: readonly string[] = ['mfa_code_invalid', 'validation_failed'];

export const loginMfaRoute = ({ loginMfa, keep, cookies, trusts }: Needs): Route =>
  route({
    ...mfaHeads.loginMfa,
    input: {
      challenge: token,
      method: oneOf('totp', 'recovery_code'),
      code: token,
      trust: optional(flag),
    },
    run: async ({ challenge, trust, ...shown }, exchange) => {
      if (trust !== null && !trusts) return invalid([{ pointer: '/trust', code: 'unknown_member' }]);
      const { navigation } = exchange;
      const flow = exchange.flow();
      const entered = await loginMfa(exchange.caller, {
        challenge,
        shown,
        flow: flow === null ? null : flowDigest(flow),
        trust: trust ?? false,
      });
      if (!entered.ok) {
        if (navigation === null || !mendable.includes(entered.reason)) return entered;
        const page = withQuery(navigation.secondFactor, { challenge, code: entered.reason });
        return redirectTo(page, reply(303, { status: 'mfa_required', challenge, methods: ['totp', 'recovery_code'] }));
      }
      const { returnTo } = entered;
      const kept =
        entered.trust === null ? [] : [cookies.set('trusted', entered.trust.secret, entered.trust.lifetimeMs)];
      const target = navigation === null ? null : { ...navigation, returnTo: returnTo ?? navigation.returnTo };
      const answer = entryReply(keep, { ...exchange, navigation: target }, { status: 200, entered });
      const value =
        returnTo === null || answer.value.status !== 'signed_in' ? answer.value : { ...answer.value, returnTo };
      return { ...answer, value, cookies: [...answer.cookies, ...kept] };
    },
  });
