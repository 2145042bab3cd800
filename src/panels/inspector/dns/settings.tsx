/** What the cluster's DNS is set by: the Corefile, which can be edited, NodeLocal DNSCache, and a Pod's resolv.conf. */
import { useId, useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { problemLine } from "../../../base/result";
import type { DnsReplicaView, DnsView } from "../../../bridge/protocol";
import { draftKey, useActions, useApp } from "../../../store";
import { ThenAndNow } from "../../then-and-now/then-and-now";
import styles from "../inspector.module.css";
import own from "./dns.module.css";

const DRAFT = { kind: "corefile" } as const;

/** Rows of the text box: as many as the text has, within reason. */
function rowsFor(text: string): number {
  return Math.min(40, Math.max(8, text.trimEnd().split("\n").length + 1));
}

/** Which replicas work by the Corefile already. */
function followersInWords(replicas: readonly DnsReplicaView[]): string {
  const late = replicas.filter(({ hasCurrentCorefile }) => !hasCurrentCorefile).map(({ pod }) => pod);
  if (late.length === 0) return "Every replica works by it.";
  const who = late.length === 1 ? `${late.join("")} works` : `${late.join(" and ")} work`;
  return `${who} by the one before, until the reload plugin looks again (every 30 s, give or take 15 s).`;
}

const CACHE_LINE = /cache 30(?:[^\S\n]*\{[^}]*\})?/;

/** The two that clusters are mostly set up with differ in what may be cached. */
const CACHES: readonly (readonly [name: string, line: (indent: string) => string])[] = [
  ["cache everything, as the add-on", () => "cache 30"],
  [
    "cache nothing of the cluster domain, as kubeadm",
    (indent) =>
      ["cache 30 {", `${indent}    disable success cluster.local`, `${indent}    disable denial cluster.local`, `${indent}}`].join("\n"),
  ],
];

/** The Corefile with another cache line, indented as it was. */
function withCache(text: string, line: (indent: string) => string): string {
  const indent = /^([^\S\n]*)cache 30/m.exec(text)?.[1] ?? "";
  return text.replace(CACHE_LINE, line(indent));
}

function Corefile({ dns }: { readonly dns: DnsView }): ReactNode {
  const id = useId();
  const draft = useApp((state) => state.view.drafts[draftKey(DRAFT)]);
  const { command, setDraft } = useActions();
  const [problem, setProblem] = useState("");
  const text = draft ?? dns.corefile;
  const isChanged = text !== dns.corefile;

  async function apply(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await command({ do: "corefile", text }, { quiet: true });
    setProblem(done.ok ? "" : problemLine(done.problem));
    if (done.ok) setDraft(DRAFT, null);
  }

  return (
    <form className={own.corefile} onSubmit={(event) => void apply(event)}>
      <h3>
        <label htmlFor={id}>Corefile</label>
      </h3>
      <p>
        {dns.corefileIs} {followersInWords(dns.replicas)}
      </p>
      <textarea
        id={id}
        value={text}
        rows={rowsFor(text)}
        spellCheck={false}
        autoCapitalize="none"
        wrap="off"
        aria-invalid={problem !== ""}
        aria-describedby={problem === "" ? undefined : `${id}-problem`}
        onChange={(event) => setDraft(DRAFT, event.target.value)}
      />
      <p className={own.presets}>
        {CACHES.map(([name, line]) => (
          <button
            key={name}
            type="button"
            disabled={!CACHE_LINE.test(text) || withCache(text, line) === text}
            onClick={() => setDraft(DRAFT, withCache(text, line))}
          >
            {name}
          </button>
        ))}
      </p>
      {problem === "" ? null : (
        <p role="alert" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      <p className={styles.actions}>
        <button type="submit" disabled={!isChanged}>
          Write it to the ConfigMap
        </button>
        <button
          type="button"
          disabled={!isChanged}
          onClick={() => {
            setDraft(DRAFT, null);
            setProblem("");
          }}
        >
          As it was
        </button>
      </p>
    </form>
  );
}

function NodeLocal({ dns }: { readonly dns: DnsView }): ReactNode {
  const { command } = useActions();
  const isOn = dns.nodeCaches.length > 0;
  return (
    <>
      <h3>NodeLocal DNSCache</h3>
      <p>
        A cache on every node. It takes the Pods’ queries at 169.254.20.10 and at kube-dns’s own address before conntrack sees them, and
        asks CoreDNS over TCP.
      </p>
      <p className={styles.actions}>
        <button type="button" onClick={() => void command({ do: "node-local-dns", on: !isOn })}>
          {isOn ? "Take it off the nodes" : "Put it on the nodes"}
        </button>
      </p>
    </>
  );
}

export function Settings(): ReactNode {
  const dns = useApp((state) => state.session.moment?.dns);
  if (dns === undefined) return null;
  return (
    <>
      <Corefile dns={dns} />
      <NodeLocal dns={dns} />
      <h3>/etc/resolv.conf in the Pod</h3>
      <pre className={styles.text} aria-label="/etc/resolv.conf" tabIndex={0}>
        {dns.resolvConf}
      </pre>
      <ThenAndNow id="resolv-conf" />
    </>
  );
}
