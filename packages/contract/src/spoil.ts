/** Changes everything in a value that lets itself be changed. What is frozen is safe from it. */
export const spoil = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value) && !Object.isFrozen(value)) value.push('spoilt');
  for (const key of Object.keys(value)) Reflect.set(value, key, 'spoilt');
  Reflect.set(value, 'spoilt', true);
};
