import { sha256Text } from '../../primitives/digest.ts';
import { escapeHtml } from '../../primitives/text.ts';
import { answerHeaders } from '../respond.ts';

/** The text of a page; what comes from a request has gone through `escapeHtml`. */
export interface PageText {
  readonly title: string;
  readonly body: string;
}

const style = [
  ':root{color-scheme:light dark}',
  'body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}',
  'main{width:min(24rem,calc(100vw - 3rem));padding:2rem 0}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:0 0 1rem}',
  'label{display:block;margin:0 0 1rem}input{font:inherit;box-sizing:border-box;width:100%;padding:.55rem .7rem;margin-top:.25rem}',
  'input[type=checkbox]{width:auto}button{font:inherit;padding:.55rem 1.1rem;cursor:pointer}small{display:block;opacity:.75}',
].join('');

/** CSP Level 3 takes both alphabets of base64, and browsers that are older take this. */
const styleHash = sha256Text(style).replaceAll('-', '+').replaceAll('_', '/');

const html = ({ title, body }: PageText): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;

/** No script, no frame, no foreign form target; the style is named by its hash (CSP Level 3). */
export const pageResponse = (requestId: string, text: PageText): Response => {
  const headers = new Headers(answerHeaders(requestId));
  headers.set('content-type', 'text/html; charset=utf-8');
  headers.set(
    'content-security-policy',
    `default-src 'none'; style-src 'sha256-${styleHash}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  );
  headers.set('x-frame-options', 'DENY');
  return new Response(html(text), { status: 200, headers });
};
