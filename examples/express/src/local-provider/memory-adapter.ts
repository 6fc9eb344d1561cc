import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What the provider keeps, in memory: bounded, since this is a toy that may run for days. */
export const memoryAdapters = (): ((kind: string) => Adapter) => {
  const kept = new Map<string, AdapterPayload>();
  const maxKept = 2_000;
  return (kind) => {
    const keyOf = (id: string): string => `${kind} ${id}`;
    return {
      upsert: async (id, payload) => {
        if (kept.size >= maxKept) kept.delete(kept.keys().next().value ?? '');
        kept.set(keyOf(id), payload);
      },
      find: async (id) => kept.get(keyOf(id)),
      findByUid: async (uid) => [...kept].find(([key, { uid: own }]) => key.startsWith(`${kind} `) && own === uid)?.[1],
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const found = kept.get(keyOf(id));
        if (found !== undefined) kept.set(keyOf(id), { ...found, consumed: Math.floor(Date.now() / 1_000) });
      },
      destroy: async (id) => {
        kept.delete(keyOf(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { grantId: own }] of kept) if (own === grantId) kept.delete(key);
      },
    };
  };
};
