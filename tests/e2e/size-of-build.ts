/** What a visitor loads of the built app, in kilobytes after gzip. Used by the browser tests and by the benchmark. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Sizes in thousands of bytes, gzipped. */
export interface BuildSize {
  /** JavaScript that the page loads before its first paint: the entry, what it imports, what is preloaded. */
  readonly beforePaint: number;
  /** The worker with what it imports. */
  readonly worker: number;
  /** All JavaScript and CSS, lazy parts included. */
  readonly all: number;
  /** The files counted before first paint, for a message. */
  readonly files: readonly string[];
}

/** The bounds of the design. */
export const SIZE_BOUNDS = { beforePaint: 150, worker: 150, all: 500 } as const;

const gzipped = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length / 1000;

/** Files beside `file` that it imports statically, itself first, and so on. */
function withStaticImports(folder: string, file: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file) || !existsSync(join(folder, file))) return seen;
  seen.add(file);
  const text = readFileSync(join(folder, file), "utf8");
  for (const [, name = ""] of text.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;"'()]*?["']\.\/([^"']+\.js)["']/g)) {
    withStaticImports(folder, name, seen);
  }
  return seen;
}

function sum(folder: string, files: Iterable<string>): number {
  return [...files].reduce((total, file) => total + gzipped(join(folder, file)), 0);
}

/** Measures a build; `dist` unless told otherwise. */
export function sizeOfBuild(folder = "dist"): BuildSize {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const assets = join(folder, "assets");
  const first = new Set<string>();
  for (const [, path = ""] of page.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.js)"/g)) {
    withStaticImports(assets, basename(path), first);
  }
  const names = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  const workers = new Set<string>();
  for (const name of names) if (/worker/i.test(name) && name.endsWith(".js")) withStaticImports(assets, name, workers);
  if (first.size === 0 || workers.size === 0) throw new Error(`no entry or no worker among ${names.join(", ")}`);
  return { beforePaint: sum(assets, first), worker: sum(assets, workers), all: sum(assets, names), files: [...first] };
}
