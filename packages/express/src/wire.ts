/** The slice of the request that is read here; the types of Express 4 and 5 both have it. */
export interface ExpressRequest extends AsyncIterable<unknown> {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly readableDidRead: boolean;
  readonly readableEncoding: BufferEncoding | null;
  /** What a body parser left. */
  readonly body?: unknown;
}

/** The slice of the response that is written here. */
export interface ExpressResponse {
  statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
  vary(field: string): unknown;
  end(body: Uint8Array): unknown;
}

export type Next = (error?: unknown) => void;
export type Middleware = (req: ExpressRequest, res: ExpressResponse, next: Next) => void;

/** Node has joined what came twice, `Cookie` by `;`; the rest is a list. */
export const headerOf = ({ headers }: ExpressRequest, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.join(', ') ?? null);
};
