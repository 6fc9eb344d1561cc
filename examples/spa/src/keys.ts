/** A list for `jwt({ keys })` with one key, made now: every token ends with the process. */
export const freshKeys = async (): Promise<string> => {
  const { privateKey } = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as { readonly privateKey: Parameters<typeof crypto.subtle.exportKey>[1] };
  const jwk = await crypto.subtle.exportKey('jwk', privateKey);
  return JSON.stringify([{ kid: 'demo', state: 'active', jwk }]);
};
