/** SQLSTATE 23505, as every driver names it; what wraps a driver keeps its error as the cause. */
export const isUniqueViolation = (error: unknown): boolean => {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if ('code' in current && current.code === '23505') return true;
    current = current.cause;
  }
  return false;
};
