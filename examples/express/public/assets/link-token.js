// @ts-check

/** @typedef {import('./api.js').Problem} Problem */

/**
 * The token of the link that opened this page, `''` for none. Taken out of the address bar: it should not stay in the history,
 * nor in a screenshot.
 */
export const takeToken = () => {
  const token = new URLSearchParams(location.search).get('token') ?? '';
  history.replaceState(null, '', location.pathname);
  return token;
};

/**
 * Whether it is the link that is refused. One that was cut off on the way may not even look like one.
 * @param {Problem} problem
 */
export const isLinkRefused = ({ code, errors = [] }) =>
  code === 'token_invalid' || errors.some(({ pointer }) => pointer === '/token');
