// @ts-check

/**
 * An element that the page is known to have.
 * @template {HTMLElement} E
 * @param {string} id
 * @param {new () => E} type
 * @returns {E}
 */
export const the = (id, type) => {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`no ${type.name} #${id}`);
};

/**
 * @param {string} tag
 * @param {{ readonly class?: string, readonly text?: string }} [options]
 * @param {readonly Node[]} [children]
 * @returns {HTMLElement}
 */
export const make = (tag, options = {}, children = []) => {
  const element = document.createElement(tag);
  if (options.class !== undefined) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  element.append(...children);
  return element;
};

/**
 * Shows one view of the page and moves the focus to its heading, so that a screen reader says where it is.
 * @param {string} name
 */
export const show = (name) => {
  for (const view of document.querySelectorAll('[data-view]')) {
    if (!(view instanceof HTMLElement)) continue;
    view.hidden = view.dataset['view'] !== name;
    if (view.hidden) continue;
    const heading = view.querySelector('h1');
    heading?.focus({ preventScroll: true });
    document.title = `${heading?.textContent ?? ''} – Sallyport demo`;
  }
  window.scrollTo(0, 0);
};

/**
 * Says something that belongs to the page and not to a field; the empty text takes it back.
 * @param {string} text
 */
export const say = (text) => {
  const notice = document.getElementById('notice');
  if (notice !== null) notice.textContent = text;
};
