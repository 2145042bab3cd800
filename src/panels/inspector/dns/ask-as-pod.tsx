/** Ask as a Pod: a real look-up in the run, from its resolver or by dig, of the cluster's DNS or of one replica. */
import { useId, useMemo, useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { problemLine } from "../../../base/result";
import type { Command, DnsReplicaView, ServiceView } from "../../../bridge/protocol";
import { useActions, useApp } from "../../../store";
import { Choose } from "../choose";
import styles from "../inspector.module.css";
import own from "./dns.module.css";

type LookupCommand = Extract<Command, { do: "lookup" }>;

/** As a program asks: getaddrinfo, along the search list. With a type it is dig's question. */
const BOTH = "A and AAAA, as a program asks";
const TYPES = [BOTH, "A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "SOA", "NS", "ANY"] as const;
const OF_THE_POD = "the Pod's own (resolv.conf)";

/** dig -x: the reverse name of an IPv4 address. */
function nameFor(name: string, type: string): string {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name);
  return type === "PTR" && parts !== null ? `${parts.slice(1).toReversed().join(".")}.in-addr.arpa` : name;
}

/** How it asks, in words: what stands on the fold. */
function howInWords(type: string, libc: string, server: string): string {
  const of = server === OF_THE_POD ? "of the Pod's own server" : `of ${server.slice(server.indexOf("/") + 1)}`;
  return type === BOTH ? `As a program, by ${libc}, A and AAAA, ${of}` : `As dig, ${type}, this name alone, ${of}`;
}

/** Names that lead somewhere from a namespace: short within it, with the namespace from another. */
function namesFor(services: readonly ServiceView[], namespace: string): readonly string[] {
  const inside = services.map((service) => (service.namespace === namespace ? service.name : `${service.name}.${service.namespace}`));
  return [...inside, "www.example.com", "www.example.com.", "dns-version.cluster.local."];
}

interface Form {
  readonly from: string;
  readonly name: string;
  readonly type: string;
  readonly libc: string;
  readonly server: string;
}

function commandOf({ from, name, type, libc, server }: Form): LookupCommand {
  return {
    do: "lookup",
    from,
    name: nameFor(name, type),
    ...(type === BOTH ? {} : { type }),
    ...(type === BOTH && libc === "musl" ? { libc } : {}),
    ...(server === OF_THE_POD ? {} : { server }),
  };
}

const NO_REPLICAS: readonly DnsReplicaView[] = [];

export function AskAsPod(): ReactNode {
  const pods = useApp((state) => state.session.moment?.pods);
  const services = useApp((state) => state.session.moment?.services);
  const replicas = useApp((state) => state.session.moment?.dns?.replicas ?? NO_REPLICAS);
  const { lookUp } = useActions();
  const id = useId();
  const names = (pods ?? []).map((pod) => `${pod.namespace}/${pod.name}`);
  const servers = [OF_THE_POD, ...replicas.map(({ pod }) => `kube-system/${pod}`)];
  const [chosen, setChosen] = useState("");
  const [libc, setLibc] = useState("glibc");
  const [type, setType] = useState<string>(BOTH);
  const [server, setServer] = useState(OF_THE_POD);
  const [name, setName] = useState("www.example.com");
  const [problem, setProblem] = useState("");
  const from = names.includes(chosen) ? chosen : (names.find((one) => !one.startsWith("kube-system/")) ?? names[0] ?? "");
  const known = useMemo(() => namesFor(services ?? [], from.split("/")[0] ?? ""), [services, from]);
  const asks = type === BOTH && server !== OF_THE_POD ? "A" : type;

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const typed = name.trim();
    if (typed === "") return setProblem("Type a name, such as your-app-svc.");
    const done = await lookUp(commandOf({ from, name: typed, type: asks, libc, server }));
    setProblem(done.ok ? "" : problemLine(done.problem));
  }

  return (
    <section aria-label="Ask as a Pod">
      <h3>Ask as a Pod</h3>
      <form className={own.ask} onSubmit={(event) => void send(event)}>
        <p className={styles.choose}>
          <label htmlFor={id}>Name</label>
          <input
            id={id}
            className={styles.find}
            value={name}
            spellCheck={false}
            autoCapitalize="none"
            list={`${id}-known`}
            onChange={(event) => setName(event.target.value)}
          />
          <datalist id={`${id}-known`}>
            {known.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
          <button type="submit" className={own.go}>
            Look it up
          </button>
        </p>
        <Choose label="Pod" value={from} options={names} onChange={setChosen} />
        <details className={own.how}>
          <summary>{howInWords(asks, libc, server)}</summary>
          <Choose label="Type" value={asks} options={TYPES} onChange={setType} />
          {asks === BOTH ? <Choose label="Resolver" value={libc} options={["glibc", "musl"]} onChange={setLibc} /> : null}
          <Choose label="Server" value={server} options={servers} onChange={setServer} />
        </details>
      </form>
      {problem === "" ? null : <p role="alert">{problem}</p>}
    </section>
  );
}
