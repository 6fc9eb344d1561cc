/**
 * In code points: 15 where the password is the only factor and never below 8 (NIST SP 800-63B-4 §3.1.1.2; ASVS 5.0, 6.2.1).
 * In bytes of UTF-8 as received: 1,024, which leaves room for 64 code points and more of any script (ASVS 5.0, 6.2.9).
 */
export const passwordLength: { readonly default: 15; readonly floor: 8; readonly maxBytes: 1024 } = {
  default: 15,
  floor: 8,
  maxBytes: 1024,
};

/** What is measured and hashed: NFC, so that two keyboards agree; never trimmed, never folded (ASVS 5.0, 6.2.8). */
export const normalisePassword = (password: string): string => password.normalize('NFC');
