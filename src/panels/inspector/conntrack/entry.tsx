/** One tracked connection: state, what is left of its time, both tuples, and the request that opened it. */
import { memo, type ReactNode } from "react";
import type { ConntrackShow, RequestView, TupleShow } from "../../../bridge/protocol";
import { showMillis, useActions } from "../../../store";
import { Address } from "../../address/address";
import styles from "./conntrack.module.css";

export interface EntryProps {
  readonly entry: ConntrackShow;
  readonly openers: readonly RequestView[];
  /** The followed packet is of this connection. */
  readonly isCurrent: boolean;
}

export const Entry = memo(function Entry({ entry, openers, isCurrent }: EntryProps): ReactNode {
  return (
    <li className={styles.entry} aria-current={isCurrent ? "true" : undefined}>
      <p className={styles.head}>
        <b>{entry.protocol}</b>
        <span>{stateOf(entry)}</span>
        <span className={styles.left}>
          {entry.timeout} of {entry.lifetime} s left
        </span>
      </p>
      <div className={styles.age} aria-hidden="true" style={{ "--v": Math.min(1, entry.timeout / Math.max(1, entry.lifetime)) }} />
      <Tuple name="original" tuple={entry.original} protocol={entry.protocol} />
      <Tuple name="reply" tuple={entry.reply} protocol={entry.protocol} />
      <p className={styles.opened}>
        opened {showMillis(entry.created)}
        {openers.length === 0 ? "" : " by "}
        {openers.map((request, index) => (
          <Opener key={request.id} request={request} before={index > 0 ? " or " : ""} />
        ))}
      </p>
    </li>
  );
});

function Opener({ request: { id, startedAt }, before }: { readonly request: RequestView; readonly before: string }): ReactNode {
  const { follow } = useActions();
  return (
    <>
      {before}
      <button type="button" onClick={() => follow(id, startedAt)} aria-label={`Follow request ${id}`}>
        request {id}
      </button>
    </>
  );
}

/** As `conntrack -L` names it: the TCP state, and what stands in brackets. */
function stateOf({ state, unreplied, assured, confirmed }: ConntrackShow): string {
  const marks = [
    state,
    unreplied ? "[UNREPLIED]" : undefined,
    assured ? "[ASSURED]" : undefined,
    confirmed ? undefined : "not confirmed yet",
  ];
  return marks.filter((mark) => mark !== undefined).join(" ");
}

function Tuple({
  name,
  tuple: { src, srcPort, dst, dstPort },
  protocol,
}: {
  readonly name: string;
  readonly tuple: TupleShow;
  readonly protocol: ConntrackShow["protocol"];
}): ReactNode {
  const end = (address: string, port: number): string => (protocol === "icmp" || port === 0 ? address : `${address}:${port}`);
  return (
    <p className={styles.tuple}>
      <span>{name}</span>
      <Address text={end(src, srcPort)} />
      <i>to</i>
      <Address text={end(dst, dstPort)} />
      {protocol === "icmp" ? (
        <i>
          echo {name === "reply" ? "reply" : "request"}, id {srcPort}
        </i>
      ) : null}
    </p>
  );
}
