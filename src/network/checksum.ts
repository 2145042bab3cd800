/** Checksums of the Internet protocols. Sources: RFC 1071 (IPv4, TCP, UDP, ICMP), RFC 9260 appendix A (SCTP: CRC32c). */

/** The ones' complement sum of 16-bit words, complemented; an odd last byte counts as if a zero followed. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

const CRC32C_REVERSED = 0x82f63b78;

/** CRC32c (Castagnoli) of bytes, as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_REVERSED : crc >>> 1;
  }
  return ~crc >>> 0;
}
