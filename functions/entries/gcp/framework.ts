import http, { type RequestListener } from 'node:http';
import type { FetchApp } from '../fetch-app.ts';
import { listenerOf } from './listener.ts';

/**
 * An app as the functions framework serves it. The framework reads every body whole and parses it before a function sees the request: it would answer
 * what is no JSON with a page of its own, and hold every upload in memory. So the one server that it makes, once it has loaded the function, is given
 * the function in place of the framework's app. Where it makes none by `http.createServer`, it calls the function with the body that it has read.
 */
export const frameworkFunction = (app: FetchApp): RequestListener => {
  const serve = listenerOf(app);
  const { createServer } = http;
  Reflect.set(http, 'createServer', () => {
    Reflect.set(http, 'createServer', createServer);
    return createServer(serve);
  });
  return serve;
};
