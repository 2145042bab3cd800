/** One packet of the journey: folded to a line, or its hops (or stations) by host with the current one opened. */
import { Fragment } from "react";
import type { ReactNode } from "react";
import type { HopView, JourneyPacket, JourneyView } from "../../../bridge/protocol";
import { byStation, useActions, useApp, type ChapterRun } from "../../../store";
import { Address } from "../../address/address";
import { useAddressOf } from "./address-of-host";
import { ChapterHeading } from "./chapters";
import { hostGroups, positionInWords } from "./grouping";
import type { HostGroup } from "./grouping";
import { HopNow } from "./hop-now";
import styles from "./journey.module.css";
import { ToLadder } from "./to-ladder";

interface SectionProps {
  readonly journey: JourneyView;
  readonly packet: JourneyPacket;
  readonly current: number;
  readonly chapters: readonly ChapterRun[];
}

interface RowProps {
  readonly hop: HopView;
  /** Within its packet; a station's is its last hop's. */
  readonly position: number;
  readonly isAhead: boolean;
}

function HopRow({ hop, position, isAhead }: RowProps): ReactNode {
  const { goToHop } = useActions();
  return (
    <button type="button" className={`${styles.hop} ${isAhead ? styles.ahead : ""}`} onClick={() => goToHop(hop.index)}>
      <span className={styles.number}>{position}</span>
      <span className={styles.mono}>{hop.kind === "tap" ? `${hop.iface} ${hop.way}` : hop.place}</span>
      <span className={styles.short}>{hop.sentence}</span>
    </button>
  );
}

function HostHeading({ group }: { readonly group: HostGroup }): ReactNode {
  const address = useAddressOf(group);
  return (
    <h4 className={styles.host}>
      {group.isPod ? <span className={styles.dot} aria-hidden="true" /> : null}
      <span>{group.name}</span>
      {address === "" ? null : <Address text={address} />}
    </h4>
  );
}

/** What the list shows as one row: a hop, or a station where the packet is told by stations. */
function rowsOf(hops: readonly HopView[], byStations: boolean): readonly (readonly HopView[])[] {
  return byStations ? byStation(hops) : hops.map((hop) => [hop]);
}

function Row({ journey, packet, current, row }: Omit<SectionProps, "chapters"> & { readonly row: readonly HopView[] }): ReactNode {
  const first = row[0];
  const last = row.at(-1);
  if (first === undefined || last === undefined) return null;
  const now = row.find((hop) => hop.index === current);
  if (now !== undefined) return <HopNow journey={journey} hop={now} position={current - packet.firstHop + 1} />;
  return <HopRow hop={last} position={last.index - packet.firstHop + 1} isAhead={first.index > current} />;
}

export function OpenPacket({ journey, packet, current, chapters }: SectionProps): ReactNode {
  const level = useApp((state) => state.playback.opened[packet.index] ?? state.playback.level);
  const hop = journey.hops[current];
  // A chapter that begins within a station heads what comes after it.
  const begun = (row: readonly HopView[], where: "before" | "after"): readonly ChapterRun[] =>
    chapters.filter(
      (run) =>
        run.firstHop !== packet.firstHop &&
        row.some((one, index) => one.index === run.firstHop && (where === "before" ? index === 0 : index > 0)),
    );
  return (
    <div className={styles.groups}>
      <h3 className={styles.packetHead}>
        <span>{packet.title}</span>
        <small>{hop === undefined ? "" : positionInWords(packet, hop)}</small>
      </h3>
      <ToLadder journey={journey} packet={packet} />
      {hostGroups(journey, packet).map((group) => (
        <section key={group.key}>
          <HostHeading group={group} />
          {rowsOf(group.hops, level === "stations").map((row) => (
            <Fragment key={row[0]?.index}>
              <ChapterHeading runs={begun(row, "before")} current={current} />
              <Row journey={journey} packet={packet} current={current} row={row} />
              <ChapterHeading runs={begun(row, "after")} current={current} />
            </Fragment>
          ))}
        </section>
      ))}
    </div>
  );
}

export function FoldedPacket({ packet, current }: Pick<SectionProps, "packet" | "current">): ReactNode {
  const { goToHop } = useActions();
  const isAhead = packet.firstHop > current;
  return (
    <button type="button" className={`${styles.folded} ${isAhead ? styles.ahead : ""}`} onClick={() => goToHop(packet.firstHop)}>
      <span className={styles.sign} aria-hidden="true">
        {packet.kind.startsWith("dns") ? "◆" : packet.direction === "request" ? "▶" : "◀"}
      </span>
      <b>{packet.title}</b>
      <span className={styles.end}>{packet.hops} hops</span>
    </button>
  );
}
