import type { HopView } from "../../bridge/protocol";
import type { Point } from "../layout/geometry";
import { firstFitting, fitted, widthOf } from "../layout/text-width";
import type { Reveal } from "../layout/reveal";
import { BecomesArrow, VerdictMark } from "../marks/lines";
import type { NetworkOf } from "../marks/network";
import { Pill } from "../marks/Pill";
import { Text } from "../marks/Text";
import { stationWords } from "../stage/words";

/** Old and new end of the side that was rewritten, with the side that was not. */
export interface Rewritten {
  readonly side: "destination" | "source";
  readonly old: string;
  readonly new: string;
  readonly kept: string;
}

const end = (address: string, port: number): string => (port === 0 ? address : `${address}:${port}`);

/** What a hop rewrote; null where it changed no address or port. */
export function rewrittenBy(hop: HopView): Rewritten | null {
  const { before, after } = hop;
  const src = [end(before.src, before.srcPort), end(after.src, after.srcPort)] as const;
  const dst = [end(before.dst, before.dstPort), end(after.dst, after.dstPort)] as const;
  if (dst[0] !== dst[1]) return { side: "destination", old: dst[0], new: dst[1], kept: src[1] };
  if (src[0] !== src[1]) return { side: "source", old: src[0], new: src[1], kept: dst[1] };
  return null;
}

const bigWidth = (text: string): number => Math.ceil(widthOf(text, 13, "mono") + 22);

interface RewriteProps {
  readonly hop: HopView;
  readonly at: Point;
  readonly end: number;
  readonly networkOf: NetworkOf;
  readonly reveal: Reveal;
}

/** Old pill, arrow, new pill: the largest words on the stage. */
export function Rewrite({ hop, at, end: edge, networkOf, reveal }: RewriteProps) {
  const change = rewrittenBy(hop);
  if (change === null) return <Refusal hop={hop} at={at} reveal={reveal} />;
  const oldWidth = bigWidth(change.old);
  const newWidth = bigWidth(change.new);
  const arrowX = at.x + 28 + oldWidth + 7;
  const newX = arrowX + 25;
  const keptX = newX + newWidth + 14;
  return (
    <g>
      <Pill
        text={change.old}
        network={networkOf(change.old)}
        big
        struck={reveal.struck}
        lit={!reveal.struck && networkOf(change.old) !== "service"}
        box={{ x: at.x + 28, y: at.y - 13, width: oldWidth, height: 26 }}
      />
      {reveal.rewritten && (
        <>
          <BecomesArrow x={arrowX} y={at.y} />
          <Pill
            text={change.new}
            network={networkOf(change.new)}
            big
            lit={networkOf(change.new) !== "service"}
            box={{ x: newX, y: at.y - 13, width: newWidth, height: 26 }}
          />
          <Text x={keptX} y={at.y - 4}>
            {firstFitting(
              change.side === "destination" ? ["source, unchanged", "source kept"] : ["destination, unchanged", "destination kept"],
              edge - keptX,
              11,
            )}
          </Text>
          <Text x={keptX} y={at.y + 11} style={["mono"]}>
            {fitted(change.kept, edge - keptX, 11, "mono")}
          </Text>
        </>
      )}
    </g>
  );
}

/** A hook that turned the packet back or dropped it. */
function Refusal({ hop, at, reveal }: Pick<RewriteProps, "hop" | "at" | "reveal">) {
  if (!reveal.rewritten) return null;
  const rejected = hop.rules.at(-1)?.text.includes("REJECT") === true;
  return (
    <g>
      <VerdictMark at={{ x: at.x + 40, y: at.y }} verdict={rejected ? "rejected" : "dropped"} />
      <Text x={at.x + 56} y={at.y + 4} style={["bad"]}>
        {rejected ? "rejected" : "dropped"}
      </Text>
      <Text x={at.x + 116} y={at.y + 4}>
        {stationWords(hop, 340)}
      </Text>
    </g>
  );
}
