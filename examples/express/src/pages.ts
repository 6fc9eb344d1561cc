import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';

const folder = new URL('../public/', import.meta.url);

/** A page of `public/`. It learns where mails go, so that it shows the way to the outbox only where there is one. */
export const page = (name: string, mail: 'outbox' | 'sent'): RequestHandler => {
  const html = readFileSync(new URL(`${name}.html`, folder), 'utf8').replace('<html', `<html data-mail="${mail}"`);
  return (_req, res) => {
    res.type('html').send(html);
  };
};

/** Scripts and styles. `no-cache` asks whether they are still the same, so that an edit is seen at the next reload. */
export const assets: RequestHandler = express.static(fileURLToPath(new URL('assets', folder)), {
  index: false,
  redirect: false,
  setHeaders: (res) => {
    res.setHeader('cache-control', 'no-cache');
  },
});

const uqr = readFileSync(fileURLToPath(import.meta.resolve('uqr')));

/** The library that draws QR codes, in the page: what they say goes to nobody else. */
export const qrCodes: RequestHandler = (_req, res) => {
  res.type('js').set('cache-control', 'no-cache').send(uqr);
};
