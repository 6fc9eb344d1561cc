import { describe, expect, it } from 'vitest';
import { fromPg, postgresStores } from '../src/index.ts';
import { missing, sessionOf, tables, userNamed } from './harness.ts';

describe.skipIf(missing !== null)('joined reads', () => {
  const { schema, pool } = tables();

  it('see no record of another kind under the same id', async () => {
    const { users, durable, ephemeral } = postgresStores(fromPg(pool), { schema });
    const user = userNamed('someone');
    const session = sessionOf('session', user.id);
    await users.create(user);
    await ephemeral.open('session').create(session);
    for (const kind of ['account', 'mfa_factor', 'session']) {
      await durable.open(kind).create({ id: user.id, userId: user.id, version: 1, expiresAt: null });
    }
    await ephemeral.open('refresh').create(sessionOf('refresh', user.id));
    expect(await ephemeral.joined?.identify?.('session')).toEqual({ session, credential: null, user });
    expect(await ephemeral.joined?.identify?.('refresh')).toBeNull();
    expect(await durable.joined?.account?.(user.id)).toEqual({ credential: null, user });
  });
});
