/** Where a fault happened, for whoever mends it: names of functions and files, never the message, which may quote a secret. */
export const traceOf = (error: unknown): { readonly error: string; readonly at: string } => {
  try {
    if (!(error instanceof Error)) return { error: typeof error, at: '' };
    const { name, message } = error;
    const stack = String(error.stack ?? '');
    // A stack begins with the message, whose lines may look like frames.
    const at = stack.indexOf(message);
    if (at < 0) return { error: wordOf(name), at: '' };
    const frames = stack
      .slice(at + message.length)
      .split('\n')
      .filter((line) => frame.test(line));
    return {
      error: wordOf(name),
      at: frames
        .slice(0, 3)
        .map((line) => line.trim())
        .join(' < '),
    };
  } catch {
    return { error: 'unreadable', at: '' };
  }
};

const frame = /^\s+at \S.*:\d+:\d+\)?$/;
const wordOf = (name: unknown): string =>
  typeof name === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(name) ? name : 'Error';
