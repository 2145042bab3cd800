/** A real Chromium and a small server for the bench's pages: what `frames` and `page` measure in. */
import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { chromium, type Browser, type Page } from "playwright";
import sirv from "sirv";
import { build } from "vite";

const CHROMIUM = process.env["KUBEWALK_CHROMIUM"] ?? "/usr/bin/chromium";
/** As the browser tests have it. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"];

/** Whether there is a browser to measure in. */
export function hasBrowser(): boolean {
  return existsSync(CHROMIUM);
}

/** Builds the bench's own pages; answers the folder. */
export async function buildPages(): Promise<string> {
  const outDir = resolve(".cache/bench-pages");
  const input = resolve("tests/bench/pages/frames.html");
  await build({ logLevel: "error", build: { outDir, emptyOutDir: true, copyPublicDir: false, rollupOptions: { input } } });
  return outDir;
}

/** Builds the app as it is served; answers the folder. */
export async function buildApp(): Promise<string> {
  const outDir = resolve(".cache/bench-app");
  await build({ logLevel: "error", build: { outDir, emptyOutDir: true } });
  return outDir;
}

/** Serves a folder and opens a page over it for as long as `use` takes. */
export async function withPage<T>(folder: string, use: (page: Page, address: string, browser: Browser) => Promise<T>): Promise<T> {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => files(request, response, () => void response.writeHead(404).end()));
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", () => ready()));
  const place = server.address();
  const port = place !== null && typeof place === "object" ? place.port : 0;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    return await use(page, `http://127.0.0.1:${port}/`, browser);
  } finally {
    await browser.close();
    server.close();
  }
}
