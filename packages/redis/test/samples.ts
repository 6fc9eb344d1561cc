import { randomBytes, randomUUID } from 'node:crypto';
import type { SessionRecord } from '@sallyport/core/ports';

const day = 86_400_000;

/** A session as the core makes it, of a browser of today. */
export const session = (): SessionRecord => {
  const now = Date.now();
  return {
    id: randomBytes(32).toString('base64url'),
    userId: randomUUID(),
    version: 1,
    expiresAt: now + 14 * day,
    epoch: now - day,
    createdAt: now,
    lastSeenAt: now,
    authenticatedAt: now,
    absoluteExpiresAt: now + 90 * day,
    aal: 1,
    amr: ['pwd'],
    client: {
      ip: '203.0.113.77',
      agent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    },
    data: {},
  };
};
