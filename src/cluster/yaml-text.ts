/**
 * An object as `kubectl get -o yaml` prints it: keys sorted, lists at their key's own indent, texts quoted only where a
 * reader would take them for something else. Source: sigs.k8s.io/yaml (JSON to YAML 1.1 block style).
 */
import { compareText } from "../base/order";
import type { KubeObject } from "./objects";
import { isRecord } from "./shape";

/** Texts that YAML 1.1 reads as truth, nothing or a number in some form. */
const READS_OTHERWISE =
  /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?(?:0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|\.[0-9_]*(?:e[-+]?[0-9]+)?|\.inf)|\.nan|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?)$/i;
const STARTS_SPECIALLY = /^(?:[-?:](?:\s|$)|[\s,[\]{}#&*!|>'"%@`=]|<<$|---|\.\.\.)/;

/** The object as YAML text, with a line end. */
export function yamlOf(object: KubeObject): string {
  return yamlLines(object)
    .map((line) => `${line}\n`)
    .join("");
}

function yamlLines(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? ["[]"] : value.flatMap((item: unknown) => itemLines(item));
  if (!isRecord(value)) return scalarLines(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return ["{}"];
  return fields.toSorted(([a], [b]) => compareText(a, b)).flatMap(([key, field]) => fieldLines(key, field));
}

function fieldLines(key: string, value: unknown): readonly string[] {
  const lines = yamlLines(value);
  const name = plainOrQuoted(key);
  if (Array.isArray(value) && value.length > 0) return [`${name}:`, ...lines];
  if (isRecord(value) && lines[0] !== "{}") return [`${name}:`, ...lines.map(indented)];
  const [first = "", ...rest] = lines;
  return [`${name}: ${first}`, ...rest.map(indented)];
}

function itemLines(item: unknown): readonly string[] {
  const [first = "", ...rest] = yamlLines(item);
  return [`- ${first}`, ...rest.map(indented)];
}

function indented(line: string): string {
  return line === "" ? "" : `  ${line}`;
}

function scalarLines(value: unknown): readonly string[] {
  if (typeof value !== "string") return [JSON.stringify(value) ?? "null"];
  return isBlock(value) ? blockLines(value) : [plainOrQuoted(value)];
}

/** Texts of several lines are shown as a block where a block can hold them exactly. */
function isBlock(text: string): boolean {
  return text.includes("\n") && !/^[\n ]|[^\P{C}\n]|\n\n$|^\n/u.test(text) && !/ \n| $/.test(text);
}

function blockLines(text: string): readonly string[] {
  const hasEnd = text.endsWith("\n");
  const body = hasEnd ? text.slice(0, -1) : text;
  return [hasEnd ? "|" : "|-", ...body.split("\n")];
}

function plainOrQuoted(text: string): string {
  const isPlain = text !== "" && !READS_OTHERWISE.test(text) && !STARTS_SPECIALLY.test(text) && !/: |:$| #|[^\P{C}]| $/u.test(text);
  return isPlain ? text : JSON.stringify(text);
}
