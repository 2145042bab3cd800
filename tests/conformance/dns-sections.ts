/** Sections of DNS answers, compared as the cases' meta.rules say: as multisets, with wildcards. */

/** Wildcards of meta.rules: `*` as TTL or SOA serial matches anything. */
function masked(line: string, pattern: string): string {
  const wanted = pattern.split(" ");
  return line
    .split(" ")
    .map((word, index) => (wanted[index] === "*" ? "*" : word))
    .join(" ");
}

/** Each wanted line takes one line that it matches; "" where none is left over on either side. */
export function sectionDiffers(what: string, got: readonly string[], want: readonly string[]): string {
  const left = [...got];
  for (const pattern of want) {
    const at = left.findIndex((line) => masked(line, pattern) === pattern);
    if (at < 0) return `${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}; `;
    left.splice(at, 1);
  }
  return left.length === 0 ? "" : `${what}: ${JSON.stringify(left)} too many; `;
}
