// @ts-check

/**
 * A code as the server takes it: six digits and nothing else. Apps show them in two groups, and people type them so.
 * @param {string} [typed]
 */
export const digitsOf = (typed = '') => typed.replaceAll(/\s/g, '');

/** Words for what a code can be. */
export const codeWords = {
  mfa_code_invalid: { fields: { code: 'This code is wrong, or was used before. Wait for the next one.' } },
  validation_failed: { fields: { code: 'A code of the app has six digits.' } },
};
