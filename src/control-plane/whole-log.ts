/** Logarithms in whole numbers: floating ones round differently from engine to engine. */

const TWO_32 = 0x1_0000_0000;

/** floor(log2(n)) of a whole number from 1; -1 below. */
export function floorLog2(n: number): number {
  if (n < 1) return -1;
  return n < TWO_32 ? 31 - Math.clz32(n) : 32 + floorLog2(Math.floor(n / TWO_32));
}

/** ln 2 in millionths. */
const LN2 = 693_147;

/** ln(32) … ln(64) in millionths, for interpolation; worked out beforehand and rounded. */
const LN_32_TO_64: readonly number[] = [
  3_465_736, 3_496_508, 3_526_361, 3_555_348, 3_583_519, 3_610_918, 3_637_586, 3_663_562, 3_688_879, 3_713_572, 3_737_670, 3_761_200,
  3_784_190, 3_806_662, 3_828_641, 3_850_148, 3_871_201, 3_891_820, 3_912_023, 3_931_826, 3_951_244, 3_970_292, 3_988_984, 4_007_333,
  4_025_352, 4_043_051, 4_060_443, 4_077_537, 4_094_345, 4_110_874, 4_127_134, 4_143_135, 4_158_883,
];

/** ln(n) in millionths, for a whole number from 1 to 2^31: scaled to 32 … 64 by powers of two, then interpolated. Off by less than 150. */
export function lnMillionths(n: number): number {
  const power = floorLog2(n) - 5;
  const scaled = power >= 0 ? n / (1 << power) : n * (1 << -power);
  const index = Math.floor(scaled) - 32;
  const from = LN_32_TO_64[index] ?? 0;
  const to = LN_32_TO_64[index + 1] ?? from;
  return power * LN2 + from + Math.floor((to - from) * (scaled - index - 32));
}
