type Kind<T> = new () => T;

/** The element of that id, which is of that kind. */
export const the = <T extends HTMLElement>(id: string, kind: Kind<T>): T => {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`no ${kind.name} #${id}`);
  return element;
};

export const setting = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Shows one view and hides the others. */
export const show = (view: string): void => {
  for (const element of document.querySelectorAll<HTMLElement>('[data-view]')) {
    element.hidden = element.dataset['view'] !== view;
  }
};

/** Tells the person, and a screen reader. */
export const say = (text: string): void => {
  the('notice', HTMLElement).textContent = text;
};

/** Text alone: nothing that a server says becomes markup. */
export const line = (text: string, note: string, button: HTMLButtonElement | null = null): HTMLLIElement => {
  const item = document.createElement('li');
  const words = document.createElement('p');
  const name = document.createElement('span');
  name.className = 'name';
  name.textContent = text;
  words.append(name, document.createElement('br'), note);
  item.append(words, ...(button === null ? [] : [button]));
  return item;
};

export const buttonOf = (text: string, press: () => unknown): HTMLButtonElement => {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.addEventListener('click', press);
  return button;
};
