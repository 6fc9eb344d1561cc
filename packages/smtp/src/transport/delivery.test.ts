import { expect, it } from 'vitest';
import { delivery } from './delivery.ts';

const about = { type: 'magic_link', userId: null } as const;
const needs = { attempts: 3, retryMs: 10, deadlineMs: 100, most: 10, events: () => {}, random: Math.random };

it('a try that ignores its signal and never settles ends at the deadline, and so does drain', async () => {
  const { deliver, drain } = delivery(needs);
  const sending = expect(deliver(about, () => new Promise(() => {}))).rejects.toMatchObject({ code: 'mail_deadline' });
  await drain();
  await sending;
});

it('an error that is nobody’s is not tried again', async () => {
  let tries = 0;
  const attempt = async () => {
    tries += 1;
    throw new TypeError('a mistake');
  };
  await expect(delivery(needs).deliver(about, attempt)).rejects.toMatchObject({ code: 'mail_failed' });
  expect(tries).toBe(1);
});
