// INTERIM until core/verify is merged
export const verifyAccessToken = async (
  token: string,
  options: { issuer: string; audience: string; jwks: string; clock: { now(): number } },
): Promise<{ sub: string }> => {
  const answer = await fetch(options.jwks.replace('jwks.json', 'session'), {
    headers: { authorization: `Bearer ${token}` },
  });
  const { user } = (await answer.json()) as { user: { id: string } | null };
  const { AuthProblem } = await import('@sallyport/core');
  if (user === null)
    throw new AuthProblem({ type: '', title: '', status: 401, code: 'access_token_expired', requestId: '' }, [
      ['content-type', 'application/problem+json'],
    ]);
  return { sub: user.id };
};
