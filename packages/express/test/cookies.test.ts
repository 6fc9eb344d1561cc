import { describe, expect, it } from 'vitest';
import { frameworks, goodPassword, world } from './harness.ts';

describe.each(frameworks)('$name: a redirect', ({ express }) => {
  it('has no body, and says so', async () => {
    const w = await world(express);
    const form = await w.browser().form('/auth/login', { email: 'alice@example.com', password: goodPassword });
    expect([form.status, form.headers.get('content-length')]).toEqual([303, '0']);
  });
});
