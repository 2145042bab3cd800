/** Reads the program's own source for the tests that hold it to its rules. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

export interface SourceFile {
  /** Path from the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

function read(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  return { path: relative(ROOT, path), text, lines: text.split("\n") };
}

export function filesBelow(folder: string, ending: RegExp = /\.tsx?$/): readonly SourceFile[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => read(join(entry.parentPath, entry.name)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every module that a file imports, relative ones as paths from the project's root. */
export function importsOf(file: SourceFile): readonly string[] {
  const found = [...file.text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
  const bare = [...file.text.matchAll(/(?:^|\n)\s*import\s*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
  const lazy = [...file.text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)].map((match) => match[1] ?? "");
  const all = [...found, ...bare, ...lazy];
  return all.map((name) => (name.startsWith(".") ? normalize(join(dirname(file.path), name)) : name));
}

/** Rooms whose code is pure: no clock, no chance of its own, no DOM. */
export const CORE_ROOMS = [
  "base",
  "engine",
  "network",
  "cluster",
  "manifests",
  "control-plane",
  "node/kernel",
  "node/agents",
  "dns",
  "workloads",
  "scenarios",
  "world",
  "recording",
] as const;

export function coreFiles(): readonly SourceFile[] {
  return CORE_ROOMS.flatMap((room) => filesBelow(`src/${room}`));
}
