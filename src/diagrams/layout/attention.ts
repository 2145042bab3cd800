/** What of the stage one must see now: where the packet comes to, and the rules that it is read by. */
import { spotAt } from "./geometry";
import { distanceAt, type PacketPath } from "./packet-path";
import type { StageLayout } from "./stage-layout";

/** A stretch of the stage's height, pixels from its top. */
export interface Attention {
  readonly top: number;
  readonly bottom: number;
}

const ROUND = 48;
const ABOVE_ROWS = 40;
const CONNTRACK = 30;

/** Null while nothing is followed: then nothing is more important than the rest. */
export function attentionOf(layout: StageLayout, path: PacketPath): Attention | null {
  const { told, lens } = layout;
  if (told === null || path.points.length < 2) return null;
  const { y } = spotAt(path.points, distanceAt(layout, path, 1));
  const packet = { top: y - ROUND, bottom: y + ROUND };
  if (lens === null || lens.hop.index !== told.hop.index) return packet;
  const rows = lens.rows[0]?.y ?? lens.marker.y;
  return { top: Math.min(packet.top, rows - ABOVE_ROWS), bottom: Math.max(packet.bottom, lens.conntrackY + CONNTRACK) };
}
