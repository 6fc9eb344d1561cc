import { pageHtml } from '../pages.ts';
import { isErrorCode, titleOf } from '../problem.ts';
import type { Page } from '../route.ts';

/** Where a form without JavaScript ends when it is refused. Shows our own words for a code of ours, and nothing that it was given. */
export const errorPage: Page = {
  path: '/error',
  render: (url) => {
    const title = titleIfKnown(url.searchParams.get('code') ?? '');
    return pageHtml({
      title,
      body: '<p>Nothing was changed. Go back and try again.</p><p><a href="/">Start page</a></p>',
    });
  },
};

const titleIfKnown = (code: string): string => titleOf(isErrorCode(code) ? code : 'internal');
