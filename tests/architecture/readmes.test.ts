/** A room's README is true: what it names in backticks is there. Words of the field (`conntrack -L`) are no names of ours and pass. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow } from "./source-files";

/** `iptables/{desired,restore}.ts` names two files. */
function alternatives(name: string): readonly string[] {
  const braces = /^(.*)\{([^}]*)\}(.*)$/.exec(name);
  if (braces === null) return [name];
  const [, before = "", middle = "", after = ""] = braces;
  return middle.split(",").flatMap((one) => alternatives(before + one.trim() + after));
}

function named(text: string, what: RegExp): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "").filter((word) => what.test(word));
}

const FILE = /^[\w./@{},-]+\.(?:tsx?|css|mjs|py)$/;
const FOLDER = /^(?:src|tests|public)\/[\w./{},-]*$/;
const CALL = /^([a-z]\w*[A-Z]\w*)\(/;

const readmes = [...filesBelow("src", /^README\.md$/), ...filesBelow("tests", /^README\.md$/)];
const everyFile = [...filesBelow("src", /./), ...filesBelow("tests", /./)].map((file) => file.path);
const code = filesBelow("src").map((file) => file.text);

/** Names are written from the README's own folder, from `src/` or from the project's root; a bare one may lie deeper. */
function isThere(folder: string, name: string): boolean {
  const deeper = (): boolean => everyFile.some((path) => path.startsWith(`${folder}/`) && path.endsWith(`/${name}`));
  return [folder, "src", "."].some((root) => existsSync(join(root, name))) || deeper();
}

describe("READMEs", () => {
  test("name only files and folders that exist", () => {
    const missing = readmes.flatMap((readme) =>
      [...named(readme.text, FILE), ...named(readme.text, FOLDER)]
        .flatMap(alternatives)
        .filter((name) => !isThere(dirname(readme.path), name))
        .map((name) => `${readme.path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("call only functions that exist", () => {
    const missing = readmes.flatMap((readme) =>
      named(readme.text, CALL)
        .map((word) => CALL.exec(word)?.[1] ?? "")
        .filter(
          (name) =>
            !code.some((text) => new RegExp(`\\b(?:function|const|readonly) ${name}\\b|^ +(?:async |static )?${name}[(<]`, "m").test(text)),
        )
        .map((name) => `${readme.path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("that of the tests names every folder, that of the rooms every room", () => {
    const folders = (below: string): readonly string[] =>
      readdirSync(below, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    const textOf = (path: string): string => readmes.find((readme) => readme.path === path)?.text ?? "";
    expect(folders("tests").filter((name) => !textOf("tests/README.md").includes(`\`${name}/\``))).toEqual([]);
    // node/ is two rooms, styles/ no code.
    const rooms = folders("src").filter((name) => name !== "node" && name !== "styles");
    expect(rooms.filter((name) => !textOf("src/README.md").includes(`| \`${name}/\``))).toEqual([]);
  });
});
