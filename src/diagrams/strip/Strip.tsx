import { useMemo } from "react";
import type { JourneyView, MomentView } from "../../bridge/protocol";
import { fittedCounts } from "../layout/counts";
import { STRIP_HEIGHT, STRIP_WIDTH, stripLayout, type StripHost, type StripLayout, type StripStop } from "../layout/strip-layout";
import { toldAt, type Playhead, type Told } from "../layout/telling";
import { frontEnd } from "../layout/service-layout";
import { fitted, pillWidth, widthOf } from "../layout/text-width";
import { rewrittenBy } from "../lens/Rewrite";
import { classes } from "../marks/classes";
import ink from "../marks/ink.module.css";
import { BecomesArrow, Line, VerdictMark } from "../marks/lines";
import { networksOf, type NetworkOf } from "../marks/network";
import { Pill } from "../marks/Pill";
import { PodMark } from "../marks/PodMark";
import { Stop } from "../marks/Stop";
import { Text } from "../marks/Text";
import styles from "./strip.module.css";

export interface StripProps {
  readonly moment: MomentView;
  readonly journey: JourneyView | null;
  readonly playhead: Playhead;
}

type Lost = "dropped" | "rejected";

/** The sign of the packet's end with its word, as wide as the name has to leave free. */
const LOST_WIDTH = 82;

/** How the packet ended without having arrived, once the playhead is there. */
function lostNow(told: Told): Lost | null {
  if (told.now < told.hops.length - 1) return null;
  return told.fate === "dropped" || told.fate === "rejected" ? told.fate : null;
}

function HostBox({ host, lost }: { readonly host: StripHost; readonly lost: Lost | null }) {
  const { x, width } = host.box;
  const end = x + width - 8;
  const isAtEnd = lost === null && host.name.anchor === "end";
  return (
    <g>
      <rect className={ink["host"]} data-mark="box" {...host.box} rx={8} />
      {host.kernel !== null && <rect className={ink["paper"]} {...host.kernel} rx={6} />}
      <Text x={isAtEnd ? host.name.x : x + 8} y={31} style={isAtEnd ? ["name", "end"] : ["name"]}>
        {fitted(host.name.text, width - 14 - (lost === null ? 0 : LOST_WIDTH), 12, "strong")}
      </Text>
      {lost !== null && (
        <g>
          <VerdictMark at={{ x: end - LOST_WIDTH + 16, y: 26 }} verdict={lost} />
          <Text x={end} y={31} style={["bad", "end"]}>
            {lost}
          </Text>
        </g>
      )}
    </g>
  );
}

function StripStation({ stop }: { readonly stop: StripStop }) {
  if (stop.shape === "pod") return <PodMark x={stop.at.x} y={stop.at.y} sign="ready" size={6} />;
  return <Stop at={stop.at} shape={stop.shape} been={stop.been} small />;
}

function Packet({ layout, told }: { readonly layout: StripLayout; readonly told: Told }) {
  const { x, y } = layout.marker;
  const dns = told.packet.kind === "dns-query" || told.packet.kind === "dns-answer";
  return (
    <g>
      <circle className={ink["packet"]} cx={x} cy={y} r={10} />
      <path
        className={ink["packetSign"]}
        d={dns ? `M${x} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z` : `M${x - 4} ${y - 4.5}V${y + 4.5}L${x + 5.5} ${y}z`}
      />
    </g>
  );
}

const bigWidth = (text: string): number => Math.ceil(widthOf(text, 13, "mono") + 22);

/** Old and new address, or the address that the packet is for while nothing has been rewritten. */
function Header({ layout, told, networkOf }: { readonly layout: StripLayout; readonly told: Told; readonly networkOf: NetworkOf }) {
  const change = layout.rewrite === null ? null : rewrittenBy(layout.rewrite);
  const y = 113;
  if (change === null) {
    const to = `${told.hop.after.dst}${told.hop.after.dstPort === 0 ? "" : `:${told.hop.after.dstPort}`}`;
    return (
      <g>
        <Text x={24} y={y + 17}>
          to
        </Text>
        <Pill text={to} network={networkOf(to)} big box={{ x: 44, y, width: bigWidth(to), height: 26 }} />
      </g>
    );
  }
  const [old, fresh] = [bigWidth(change.old), bigWidth(change.new)];
  const start = Math.max(16, (STRIP_WIDTH - old - fresh - 32) / 2);
  return (
    <g>
      <rect className={ink["wash"]} x={16} y={108} width={358} height={36} rx={4} />
      <Pill text={change.old} network={networkOf(change.old)} big struck box={{ x: start, y, width: old, height: 26 }} />
      <BecomesArrow x={start + old + 7} y={y + 13} />
      <Pill
        text={change.new}
        network={networkOf(change.new)}
        big
        lit={networkOf(change.new) !== "service"}
        box={{ x: start + old + 32, y, width: fresh, height: 26 }}
      />
    </g>
  );
}

function Following({ told, networkOf }: { readonly told: Told; readonly networkOf: NetworkOf }) {
  const layout = stripLayout(told);
  const [first, last] = [layout.stops[0], layout.stops.at(-1)];
  return (
    <>
      {layout.hosts.map((host, n) => (
        <HostBox key={host.key} host={host} lost={n === layout.hosts.length - 1 ? lostNow(told) : null} />
      ))}
      {first !== undefined && last !== undefined && (
        <>
          <Line kind="ahead" points={[layout.marker, last.at]} />
          <Line kind="trail" points={[first.at, layout.marker]} />
        </>
      )}
      {layout.tubes.map((tube) => (
        <g key={tube.x} data-gap="tube">
          <rect className={classes(ink["tube"], told.hop.after.outer !== null && ink["tubeNow"])} {...tube} rx={10} />
          <Text x={tube.x + tube.width / 2} y={60} style={["centre"]}>
            VXLAN
          </Text>
        </g>
      ))}
      {layout.stops.map((stop, n) => (
        <StripStation key={`${n} ${stop.at.x}`} stop={stop} />
      ))}
      <Text x={24} y={88} style={layout.marker.x === first?.at.x ? ["strong"] : []}>
        {layout.ends[0]}
      </Text>
      <Text x={366} y={88} style={layout.marker.x === last?.at.x ? ["strong", "end"] : ["end"]}>
        {layout.ends[1]}
      </Text>
      <Text x={layout.place.x} y={88} style={["strong", "centre"]}>
        {layout.place.text}
      </Text>
      <Packet layout={layout} told={told} />
      <Header layout={layout} told={told} networkOf={networkOf} />
    </>
  );
}

const MOST_HOSTS = 6;

/** The newest Services, floating as on the stage. */
function FrontEnds({ moment }: { readonly moment: MomentView }) {
  const newest = moment.services.filter((service) => service.clusterIP !== "" && service.clusterIP !== "None").slice(-2);
  return (
    <>
      {newest.map((service, n) => {
        const text = frontEnd(service);
        const width = pillWidth(text);
        const centre = 16 + 358 * ((n + 0.5) / newest.length);
        return (
          <g key={`${service.namespace}/${service.name}`}>
            <Text x={centre} y={98} style={["quiet", "centre"]}>
              {fitted(service.name, 160, 11)}
            </Text>
            <Pill text={text} network="service" box={{ x: centre - width / 2, y: 106, width, height: 18 }} />
          </g>
        );
      })}
    </>
  );
}

/** Nothing is followed: hosts with their Pods counted. */
function Hosts({ moment }: { readonly moment: MomentView }) {
  const across = moment.nodes.length <= 3 ? Math.max(1, moment.nodes.length) : 3;
  const width = Math.trunc((358 - 8 * (across - 1)) / across);
  const height = moment.nodes.length <= 3 ? 60 : 62;
  return (
    <>
      {moment.nodes.slice(0, MOST_HOSTS).map((node, n) => {
        const x = 16 + (n % across) * (width + 8);
        const y = 12 + Math.trunc(n / across) * (height + 8);
        const own = moment.pods.filter((pod) => pod.node === node.name);
        return (
          <g key={node.name}>
            <rect className={ink["host"]} data-mark="box" x={x} y={y} width={width} height={height} rx={8} />
            <Text x={x + 10} y={y + 20} style={["name"]}>
              {fitted(node.name, width - 16, 12, "strong")}
            </Text>
            {fittedCounts(own, width - 20)
              .slice(0, 2)
              .map((each, row) => (
                <g key={each.word}>
                  <PodMark x={x + 14} y={y + 34 + row * 15} sign={each.sign} />
                  <Text x={x + 23} y={y + 38 + row * 15}>
                    {`${each.count} ${each.word}`}
                  </Text>
                </g>
              ))}
          </g>
        );
      })}
      {across === moment.nodes.length && <FrontEnds moment={moment} />}
      {moment.nodes.length > MOST_HOSTS && (
        <Text x={374} y={150} style={["quiet", "end"]}>
          {`${moment.nodes.length - MOST_HOSTS} more nodes`}
        </Text>
      )}
    </>
  );
}

/** The stage for narrow windows: where the packet is, and what it says on it. */
export function Strip({ moment, journey, playhead }: StripProps) {
  const told = useMemo(() => toldAt(journey, playhead), [journey, playhead]);
  const networkOf = useMemo(() => networksOf(moment), [moment]);
  const words = told === null ? "Nothing is followed." : `${told.packet.title}. ${told.hop.node}, ${told.hop.place}: ${told.hop.sentence}`;
  return (
    <svg
      className={styles["strip"]}
      viewBox={`0 0 ${STRIP_WIDTH} ${STRIP_HEIGHT}`}
      role="group"
      aria-label="Stage as a strip"
      aria-describedby="strip-words"
    >
      <desc id="strip-words">{words}</desc>
      {told === null ? <Hosts moment={moment} /> : <Following told={told} networkOf={networkOf} />}
    </svg>
  );
}
