/** Settles like `task`, or with `late` once `ms` milliseconds have passed; the task itself goes on unheard. */
export const withDeadline = async <T>(task: Promise<T>, ms: number, late: T): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([task, end]);
  } finally {
    clearTimeout(timer);
  }
};
