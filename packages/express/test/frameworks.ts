import { createRequire } from 'node:module';
import express5 from 'express';

export type Framework = typeof express5;

/** Express 4 comes under an alias; what is used of it here has the types of 5. */
const express4: Framework = createRequire(import.meta.url)('express4');

export const frameworks: readonly { readonly name: string; readonly express: Framework }[] = [
  { name: 'Express 5', express: express5 },
  { name: 'Express 4', express: express4 },
];
