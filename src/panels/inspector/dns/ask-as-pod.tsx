/** A name asked as a Pod would ask it now: every query of its resolver, and what the program is told. The run does not notice. */
import { useId, useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { problemLine } from "../../../base/result";
import type { AskedName, ResolveAnswer } from "../../../bridge/protocol";
import { entryTried, searchRuleOf } from "../../../diagrams/ladder/search";
import { outcomeInWords } from "../../../diagrams/ladder/words";
import { useActions, useApp } from "../../../store";
import { Choose } from "../choose";
import styles from "../inspector.module.css";

type Libc = "glibc" | "musl";

interface Asked {
  readonly name: string;
  readonly from: string;
  readonly answer: ResolveAnswer;
}

function QueryRow({ query, tried }: { readonly query: AskedName; readonly tried: string }): ReactNode {
  return (
    <li>
      <b className={styles.mono}>
        {query.type} {query.name}
      </b>
      <span className={styles.end}>
        {[outcomeInWords(query), query.tc === true ? "truncated" : ""].filter((word) => word !== "").join(", ")}
      </span>
      <span className={styles.quiet} style={{ flexBasis: "100%" }}>
        {tried}, {query.transport === "tcp" ? "over TCP " : ""}to {query.server}
        {query.answers.length === 0 ? "" : `: ${query.answers.join(", ")}`}
      </span>
    </li>
  );
}

function Outcome({ asked: { name, from, answer } }: { readonly asked: Asked }): ReactNode {
  const search = searchRuleOf(answer.resolvConf).search;
  const triedBy = (query: AskedName): string => {
    const entry = entryTried(query.name, name, search);
    return entry === 0 ? "the name as it is" : `search entry ${entry} of ${search.length}, ${search[entry - 1] ?? ""}`;
  };
  const count = answer.queries.length === 1 ? "1 query" : `${answer.queries.length} queries`;
  return (
    <>
      <p role="status">
        {from} asked {count} for {name}: {answer.addresses?.join(", ") ?? `${answer.result}, ${answer.said ?? ""}`}
      </p>
      <ol className={styles.rows} aria-label={`Queries for ${name}`}>
        {answer.queries.map((query, index) => (
          <QueryRow key={`${index} ${query.type} ${query.name}`} query={query} tried={triedBy(query)} />
        ))}
      </ol>
    </>
  );
}

export function AskAsPod(): ReactNode {
  const pods = useApp((state) => state.session.moment?.pods);
  const { ask } = useActions();
  const id = useId();
  const names = (pods ?? []).map((pod) => `${pod.namespace}/${pod.name}`);
  const [chosen, setChosen] = useState("");
  const [libc, setLibc] = useState<Libc>("glibc");
  const [name, setName] = useState("www.example.com");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [problem, setProblem] = useState("");
  const from = names.includes(chosen) ? chosen : (names.find((one) => !one.startsWith("kube-system/")) ?? names[0] ?? "");

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const typed = name.trim();
    if (typed === "") return setProblem("Type a name, such as your-app-svc.");
    const reply = await ask({ ask: "resolve", from, name: typed, libc });
    const resolved = reply.ok && reply.value.to === "resolve" ? reply.value.resolved : reply;
    setProblem(resolved.ok ? "" : problemLine(resolved.problem));
    setAsked(resolved.ok && "queries" in resolved.value ? { name: typed, from, answer: resolved.value } : null);
  }

  return (
    <section aria-label="Ask as Pod">
      <h3>Ask as a Pod</h3>
      <form onSubmit={(event) => void send(event)}>
        <Choose label="Pod" value={from} options={names} onChange={setChosen} />
        <Choose
          label="Resolver"
          value={libc}
          options={["glibc", "musl"]}
          onChange={(value) => setLibc(value === "musl" ? "musl" : "glibc")}
        />
        <p className={styles.choose}>
          <label htmlFor={id}>Name</label>
          <input
            id={id}
            className={styles.find}
            value={name}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => setName(event.target.value)}
          />
        </p>
        <p className={styles.actions}>
          <button type="submit">Look it up</button>
        </p>
      </form>
      <p className={styles.quiet}>
        Asked at the shown moment of a CoreDNS that has read everything and has cached nothing. Nothing of it happens in the cluster.
      </p>
      {problem === "" ? null : <p role="alert">{problem}</p>}
      {asked === null ? null : <Outcome asked={asked} />}
    </section>
  );
}
