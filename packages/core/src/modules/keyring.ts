import type { KeyRing } from '../ports/keyring.ts';
import { utf8 } from '../primitives/bytes.ts';
import type { MasterSecret } from '../primitives/master-secret.ts';
import { hkdf, sha256 } from '../vendor/noble.ts';

/** Every use takes its own key (RFC 5869): nothing is shared between cookies, rate keys and boxes. The first secret is the active one. */
export const keyring = (secrets: readonly [MasterSecret, ...MasterSecret[]]): KeyRing => {
  const masters = new Map(secrets.map(({ kid, key }) => [kid, key]));
  const derived = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    activeKid: secrets[0].kid,
    kids: [...masters.keys()],
    derive: (kid, purpose) => {
      const master = masters.get(kid);
      if (master === undefined) return null;
      const name = `${kid}\0${purpose}`;
      const key =
        derived.get(name) ??
        Uint8Array.from(hkdf(sha256, master.reveal(), undefined, utf8(`sallyport/1/${purpose}`), 32));
      derived.set(name, key);
      return key;
    },
  };
};
