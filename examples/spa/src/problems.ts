import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';

/** The same kind of answer that the routes under `/auth` give (RFC 9457). */
export const sendProblem = (res: Response, status: number, code: string): void => {
  res.statusCode = status;
  res.setHeader('content-type', 'application/problem+json');
  res.end(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code }));
};

export const notFound: RequestHandler = (_req, res) => sendProblem(res, 404, 'not_found');

/** Tells the caller nothing, and the terminal everything. */
export const failed: ErrorRequestHandler = (error, _req, res, next) => {
  console.error(error);
  if (res.headersSent) next(error);
  else sendProblem(res, 500, 'internal');
};
