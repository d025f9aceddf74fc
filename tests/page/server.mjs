// A static host as plain as they come: files of dist/ under a sub-path, right types, open to frames without an
// origin, 404 for everything else.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

/** Where the page lies on the host: deep enough that an absolute URL in the build would miss it. */
export const SUB_PATH = "/some/course/archlab/";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * Serves `folder` under SUB_PATH on a free port of the loopback interface. Pages of a test's own, such as one that
 * holds a frame, are put into `pages`, by path.
 */
export async function serve(folder) {
  const pages = new Map();
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("X-Content-Type-Options", "nosniff");
    const page = pages.get(path);
    if (page !== undefined) {
      response.writeHead(200, { "Content-Type": TYPES[".html"] }).end(page);
      return;
    }
    if (path === "/favicon.ico") {
      // Browsers ask each host for it, whatever its pages say.
      response.writeHead(204).end();
      return;
    }
    const file = await fileFor(folder, path);
    if (file === null) {
      response.writeHead(404, { "Content-Type": TYPES[".txt"] }).end("404");
      return;
    }
    const type = TYPES[extname(file.path)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Content-Length": file.size });
    createReadStream(file.path).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  return {
    pages,
    port,
    /** The page's address; a host page with another `hostName` is on another site than the page. */
    address: (path = SUB_PATH, hostName = "127.0.0.1") => `http://${hostName}:${port}${path}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

async function fileFor(folder, path) {
  if (!path.startsWith(SUB_PATH)) return null;
  const name = path.endsWith("/") ? `${path}index.html` : path;
  const file = normalize(join(folder, name.slice(SUB_PATH.length)));
  if (!file.startsWith(folder + sep)) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? { path: file, size: found.size } : null;
}
