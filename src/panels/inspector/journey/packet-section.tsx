/** One packet of the journey: folded to a line, or its hops by host with the current one opened. */
import type { ReactNode } from "react";
import type { HopView, JourneyPacket, JourneyView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import { Address } from "../../address/address";
import { useAddressOf } from "./address-of-host";
import { hostGroups } from "./grouping";
import type { HostGroup } from "./grouping";
import { HopNow } from "./hop-now";
import styles from "./journey.module.css";

interface SectionProps {
  readonly journey: JourneyView;
  readonly packet: JourneyPacket;
  readonly current: number;
}

function HopRow({ hop, position, isAhead }: { readonly hop: HopView; readonly position: number; readonly isAhead: boolean }): ReactNode {
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
    <h3 className={styles.host}>
      {group.isPod ? <span className={styles.dot} aria-hidden="true" /> : null}
      <span>{group.name}</span>
      {address === "" ? null : <Address text={address} />}
    </h3>
  );
}

export function OpenPacket({ journey, packet, current }: SectionProps): ReactNode {
  return (
    <div className={styles.groups}>
      {hostGroups(journey, packet).map((group) => (
        <section key={group.key}>
          <HostHeading group={group} />
          {group.hops.map((hop) => {
            const position = hop.index - packet.firstHop + 1;
            return hop.index === current ? (
              <HopNow key={hop.index} journey={journey} hop={hop} position={position} />
            ) : (
              <HopRow key={hop.index} hop={hop} position={position} isAhead={hop.index > current} />
            );
          })}
        </section>
      ))}
    </div>
  );
}

export function FoldedPacket({ packet, current }: SectionProps): ReactNode {
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
