/** HTTP/1.1 as far as our programs speak it: one GET, one answer with a length. Source: RFC 9112. */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";

/** Where a request goes. */
export interface Url {
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Reads `http://host[:port][/path]`. */
export function parseUrl(text: string): Result<Url> {
  const found = /^http:\/\/([^/:\s]+)(?::(\d{1,5}))?(\/\S*)?$/.exec(text);
  const port = Number(found?.[2] ?? "80");
  if (found === null || port < 1 || port > 65_535)
    return failAt(`"${text}" is no URL that can be asked for; write http://NAME, http://NAME:PORT or http://NAME/PATH`);
  return ok({ text, host: found[1] ?? "", port, path: found[3] ?? "/" });
}

/** A GET. The request's number travels along, as tracing headers do, so that an answer can be told apart. */
export function getText({
  url,
  request,
  agent,
  keepAlive,
}: {
  readonly url: Url;
  readonly request: number;
  readonly agent: string;
  readonly keepAlive: boolean;
}): string {
  const host = url.port === 80 ? url.host : `${url.host}:${url.port}`;
  return lines([
    `GET ${url.path} HTTP/1.1`,
    `Host: ${host}`,
    `User-Agent: ${agent}`,
    "Accept: */*",
    ...(keepAlive ? ["Connection: keep-alive"] : []),
    `X-Request-Id: ${request}`,
  ]);
}

/** The answer of a server that names itself. `closes`: it asks for no further request over this connection. */
export function answerText(name: string, closes = false): string {
  const head = [
    "HTTP/1.1 200 OK",
    "Content-Type: text/plain",
    `Content-Length: ${name.length + 1}`,
    ...(closes ? ["Connection: close"] : []),
  ];
  return `${lines(head)}${name}\n`;
}

/** What an answer says: its status and its body, without the end of line. Status 0 where it is no HTTP. */
export function readAnswer(text: string): { readonly status: number; readonly body: string } {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  const end = text.indexOf("\r\n\r\n");
  return { status: Number(status?.[1] ?? "0"), body: end < 0 ? "" : text.slice(end + 4).trimEnd() };
}

/** The number of the request that a GET carries; null where it carries none. */
export function requestNumber(text: string): number | null {
  const found = /^x-request-id: (\d+)\r?$/im.exec(text);
  return found === null ? null : Number(found[1]);
}

function lines(head: readonly string[]): string {
  return `${head.join("\r\n")}\r\n\r\n`;
}
