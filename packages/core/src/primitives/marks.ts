/** What marks a part that is for development only; `createAuth` refuses it in production. Registry symbols: two copies of the package agree. */
export const memoryMark: unique symbol = Symbol.for('sallyport.memory') as never;
export const consoleMark: unique symbol = Symbol.for('sallyport.console') as never;
