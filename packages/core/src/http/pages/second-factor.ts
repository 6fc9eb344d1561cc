import { isSecret } from '../../primitives/secret.ts';
import { escapeHtml } from '../../primitives/text.ts';
import { isErrorCode, titleOf } from '../problem.ts';
import type { PageText } from './layout.ts';

/** Where a sign-in without JavaScript goes on: two forms, a code of the app or one of those kept for the day it is lost. */
export const secondFactorPage = (
  url: URL,
  { action, trusts }: { readonly action: string; readonly trusts: boolean },
): PageText => {
  const given = url.searchParams.get('challenge') ?? '';
  // What is no challenge of ours is not written into a page.
  const challenge = isSecret(given) ? given : '';
  const code = url.searchParams.get('code');
  const trust = trusts
    ? '<label><input type="checkbox" name="trust" value="true"> Do not ask again in this browser for 30 days</label>'
    : '';
  const form = (method: 'totp' | 'recovery_code', fields: string, button: string): string =>
    [
      `<form method="post" action="${escapeHtml(action)}">`,
      `<input type="hidden" name="challenge" value="${challenge}"><input type="hidden" name="method" value="${method}">`,
      `${fields}<button>${button}</button></form>`,
    ].join('');
  return {
    title: 'Enter a code',
    body: [
      code === null ? '' : `<p role="alert">${titleOf(isErrorCode(code) ? code : 'internal')}.</p>`,
      form(
        'totp',
        `<label>Code of your app<input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required autofocus></label>${trust}`,
        'Sign in',
      ),
      '<hr>',
      form(
        'recovery_code',
        '<label>Or one of your recovery codes<input name="code" autocomplete="off" spellcheck="false" maxlength="64" required></label>',
        'Use it',
      ),
    ].join(''),
  };
};
