/** Next waits for this before it answers. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startDemo } = await import('./lib/demo');
    await startDemo();
  }
};
