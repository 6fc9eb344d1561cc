interface Source {
  bytes(length: number): Uint8Array;
}

/** Crockford's base 32: no I, L, O and U, so that nothing is read as something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const chars = 26;

/** 128 random bits in five groups, to be written down and typed in. */
export const mintRecoveryCode = (random: Source): string => {
  let pending = 0;
  let bits = 0;
  let text = '';
  for (const byte of random.bytes(16)) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((pending >> bits) & 31);
    }
    pending &= (1 << bits) - 1;
  }
  text += alphabet.charAt((pending << (5 - bits)) & 31);
  return text.replace(/^(.{5})(.{5})(.{5})(.{5})(.{6})$/, '$1-$2-$3-$4-$5');
};

/** What a person typed, as it was minted but for the hyphens; `null` = no recovery code. ASCII alone: no other letter folds into one of these. */
export const readRecoveryCode = (text: string): string | null => {
  if (!/^[0-9A-Za-z -]{26,64}$/.test(text)) return null;
  const read = text.replaceAll(/[ -]/g, '').toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  return read.length === chars && [...read].every((char) => alphabet.includes(char)) ? read : null;
};
