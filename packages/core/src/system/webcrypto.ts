export const hasWebCrypto = (): boolean => typeof globalThis.crypto?.getRandomValues === 'function';
