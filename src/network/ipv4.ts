/** IPv4 addresses as numbers: what prefixes, indexes and orders count with. */

/** The dotted form of an unsigned 32-bit number. */
export function dottedText(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

const numberOf = new Map<string, number>();

/** An IPv4 address as an unsigned 32-bit number; NaN where the text is none. Remembered per text. */
export function ipv4Number(address: string): number {
  const known = numberOf.get(address);
  if (known !== undefined) return known;
  const value = parseIpv4(address);
  if (numberOf.size > 500_000) numberOf.clear();
  numberOf.set(address, value);
  return value;
}

function parseIpv4(text: string): number {
  const parts = text.split(".");
  if (parts.length !== 4) return Number.NaN;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return Number.NaN;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The netmask of a length as an unsigned 32-bit number. */
export function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}
