/** The page with these parameters added, whatever it has already. */
export const withQuery = (page: string, parameters: Readonly<Record<string, string>>): string =>
  `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`;
