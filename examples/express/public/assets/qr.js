// @ts-check
import { encode } from '/assets/vendor/uqr.js';

const svg = 'http://www.w3.org/2000/svg';

/**
 * A QR code, drawn here: what it says is a secret, and goes to no service that makes pictures.
 * @param {string} text
 * @param {string} label What a screen reader says.
 * @returns {SVGElement}
 */
export const qrCode = (text, label) => {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return element(
    'svg',
    { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
    [
      element('rect', { width: `${size}`, height: `${size}`, fill: '#ffffff' }),
      element('path', { d: dark.join(''), fill: '#000000' }),
    ],
  );
};

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly Node[]} [children]
 */
const element = (name, attributes, children = []) => {
  const made = /** @type {SVGElement} */ (document.createElementNS(svg, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
