import { isErrorCode, titleOf } from '../problem.ts';
import type { PageText } from './layout.ts';

/** Where a form without JavaScript ends when it is refused. Shows our own words for a code of ours, and nothing that it was given. */
export const errorPage = (url: URL): PageText => {
  const code = url.searchParams.get('code') ?? '';
  return {
    title: titleOf(isErrorCode(code) ? code : 'internal'),
    body: '<p>Nothing was changed. Go back and try again.</p><p><a href="/">Start page</a></p>',
  };
};
