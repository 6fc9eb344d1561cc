import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import express, { type Express } from 'express';
import type { Origins } from './origins.ts';

const folder = new URL('../page/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** The page, its script made from TypeScript once, and headers that let it speak to the two services alone. */
export const createPage = async (origins: Origins): Promise<Express> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', folder))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@sallyport/source'],
    logLevel: 'silent',
  });
  const script = outputFiles[0]?.text ?? '';
  const html = read('index.html').replace('{{api}}', origins.api).replace('{{orders}}', origins.orders);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${origins.api} ${origins.orders}`,
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['html', html],
    '/app.js': ['js', script],
    '/style.css': ['css', read('style.css')],
    '/mark.svg': ['svg', read('mark.svg')],
  };
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    const [type, text] = files[req.path] ?? [];
    if (type === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return next();
    res.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    res.type(type).send(text);
  });
  return app;
};
