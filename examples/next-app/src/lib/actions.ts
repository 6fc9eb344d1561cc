'use server';

import type { Answered } from '@sallyport/next';
import { redirect } from 'next/navigation';
import { web } from './auth';

const text = (form: FormData, name: string): string => String(form.get(name) ?? '');

/** Forms that work without JavaScript: a refusal is a code in the address. */
const goOn = (page: string, answer: Answered<unknown>, done: string): never =>
  redirect(answer.ok ? done : `${page}${page.includes('?') ? '&' : '?'}problem=${answer.reason}`);

export const register = async (form: FormData): Promise<void> => {
  const input = { email: text(form, 'email'), password: text(form, 'password') };
  goOn('/', await web.actions.register(input), '/?done=check_email');
};

export const login = async (form: FormData): Promise<void> => {
  const input = { email: text(form, 'email'), password: text(form, 'password') };
  goOn('/', await web.actions.login(input), '/account');
};

export const verify = async (form: FormData): Promise<void> => {
  const token = text(form, 'token');
  const typed = text(form, 'password');
  const answer = await web.actions.verifyEmail(typed === '' ? { token } : { token, password: typed });
  goOn(`/verify?token=${encodeURIComponent(token)}`, answer, '/?done=verified');
};

export const forgot = async (form: FormData): Promise<void> => {
  goOn('/', await web.actions.forgotPassword({ email: text(form, 'email') }), '/?done=check_email');
};

export const reset = async (form: FormData): Promise<void> => {
  const token = text(form, 'token');
  const answer = await web.actions.resetPassword({ token, password: text(form, 'password') });
  goOn(`/reset?token=${encodeURIComponent(token)}`, answer, '/?done=reset');
};

/** Stays where it is: the page is rendered in the same request, for nobody. */
export const logout = async (): Promise<void> => {
  await web.actions.logout({});
};

/** An action of the application's own: a public endpoint, and so it asks for itself. */
const greeted = web.action({}, async (me) => `Hello ${me.user.email}`);
export const greet = async (): Promise<void> => {
  const answer = await greeted();
  redirect(`/?greeting=${encodeURIComponent(answer.ok ? answer.value : answer.reason)}`);
};
