import type { RefreshFamily } from '../ports/domain.ts';
import type { TokenSigner } from '../ports/signer.ts';
import { type AccessClaims, type Expected, tokenType } from '../primitives/access-token.ts';
import { base64url, utf8 } from '../primitives/bytes.ts';

export interface AccessTokens {
  /** A token for whoever holds the family, and the seconds that it is good for: never past the family's absolute end. */
  issue(family: RefreshFamily, now: number): Promise<{ readonly accessToken: string; readonly expiresIn: number }>;
}

interface Needs extends Expected {
  readonly signer: TokenSigner;
  readonly ttlMs: number;
}

export const accessTokens = ({ signer, ttlMs, issuer, audience }: Needs): AccessTokens => ({
  issue: async (family, now) => {
    if (family.userId === null) throw new Error('a family belongs to somebody');
    const iat = Math.floor(now / 1_000);
    const exp = Math.min(iat + Math.floor(ttlMs / 1_000), Math.ceil(family.absoluteExpiresAt / 1_000));
    const claims: AccessClaims = {
      iss: issuer,
      aud: audience,
      sub: family.userId,
      sid: family.id,
      iat,
      exp,
      auth_time: Math.floor(family.authenticatedAt / 1_000),
      aal: family.aal,
      amr: family.amr,
      ...(family.clientId === null ? {} : { client_id: family.clientId }),
    };
    const { alg, kid } = signer;
    const input = `${part({ alg, kid, typ: tokenType })}.${part(claims)}`;
    return { accessToken: `${input}.${base64url(await signer.sign(utf8(input)))}`, expiresIn: exp - iat };
  },
});

const part = (value: object): string => base64url(utf8(JSON.stringify(value)));
