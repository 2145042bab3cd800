/** What a sync changed: two syncs of a node chosen, the lines that went and those that came. */
import { useMemo, type ReactNode } from "react";
import type { Answer, Question, RulesView, SyncView } from "../../../bridge/protocol";
import { eventShown, showMillis, useActions, useApp, usePane } from "../../../store";
import { Empty } from "../empty";
import { useAnswer, type Answered } from "../use-answer";
import { differenceInWords, differenceOf, differenceText, type ChainChange } from "./difference";
import styles from "./rules.module.css";

const pickSyncs = (answer: Answer): readonly SyncView[] | null => (answer.to === "syncs" ? answer.syncs : null);
const pickRules = (answer: Answer): RulesView | null => (answer.to === "rules" ? answer.rules : null);

/** The syncs of a node up to the shown moment; asked again when there is one more. */
function useSyncs({ node, syncedAt, mode }: RulesView): readonly SyncView[] | null {
  const branch = useApp((state) => state.session.moment?.stamp.branch ?? "");
  const shown = useApp(eventShown);
  const question = useMemo((): Question => ({ ask: "syncs", node }), [node]);
  const { value } = useAnswer(question, `${branch} ${syncedAt} ${mode}`, pickSyncs);
  return useMemo(() => value?.filter(({ event }) => event <= shown) ?? null, [value, shown]);
}

function useRulesAfter(node: string, event: number | undefined): Answered<RulesView> {
  const branch = useApp((state) => state.session.moment?.stamp.branch ?? "");
  const question = useMemo((): Question | null => (event === undefined ? null : { ask: "rules", node, event }), [node, event]);
  return useAnswer(question, branch, pickRules);
}

export default function ChangesPart({ rules }: { readonly rules: RulesView }): ReactNode {
  const syncs = useSyncs(rules);
  const [before, setBefore] = usePane("rules.before");
  const [after, setAfter] = usePane("rules.after");
  const chosen = (event: string): SyncView | undefined => syncs?.find((sync) => `${sync.event}` === event);
  const later = chosen(after) ?? syncs?.at(-1);
  const last = syncs?.[Math.max(0, (later === undefined ? 0 : syncs.indexOf(later)) - 1)];
  const earlier = chosen(before) ?? last;
  if (syncs === null) return <p className={styles.quiet}>Asking for the syncs of {rules.node}…</p>;
  if (syncs.length < 2) {
    return (
      <Empty title={`${rules.node} has the rules with which the cluster opened`}>
        Scale your-app, or let some time go by: what the next sync of its kube-proxy changes stands here.
      </Empty>
    );
  }
  return (
    <>
      <SyncChoice
        label="Before"
        syncs={syncs}
        value={earlier}
        isDefault={chosen(before) === undefined}
        choose={setBefore}
        usual="the sync before it"
      />
      <SyncChoice
        label="After"
        syncs={syncs}
        value={later}
        isDefault={chosen(after) === undefined}
        choose={setAfter}
        usual="the last sync"
      />
      <Difference node={rules.node} before={earlier} after={later} />
    </>
  );
}

function SyncChoice({
  label,
  syncs,
  value,
  isDefault,
  usual,
  choose,
}: {
  readonly label: string;
  readonly syncs: readonly SyncView[];
  readonly value: SyncView | undefined;
  readonly isDefault: boolean;
  /** What is taken where none is chosen. */
  readonly usual: string;
  readonly choose: (event: string) => void;
}): ReactNode {
  return (
    <label className={styles.syncChoice}>
      <span>{label}</span>
      <select value={isDefault ? "" : `${value?.event ?? ""}`} onChange={(event) => choose(event.target.value)}>
        <option value="">
          {usual}
          {isDefault && value !== undefined ? `: ${showMillis(value.at)}` : ""}
        </option>
        {syncs.toReversed().map((sync) => (
          <option key={sync.event} value={sync.event}>
            {showMillis(sync.at)} {sync.sentence}
          </option>
        ))}
      </select>
    </label>
  );
}

function Difference({
  node,
  before,
  after,
}: {
  readonly node: string;
  readonly before: SyncView | undefined;
  readonly after: SyncView | undefined;
}): ReactNode {
  const old = useRulesAfter(node, before?.event);
  const now = useRulesAfter(node, after?.event);
  const { say } = useActions();
  const changes = useMemo(
    () => (old.value === null || now.value === null ? null : differenceOf(old.value, now.value)),
    [old.value, now.value],
  );
  if (changes === null) return <p className={styles.quiet}>{old.problem || now.problem || `Going back to the rules of ${node}…`}</p>;
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(differenceText(changes ?? []));
    say("notice", `What changed in the rules of ${node} is copied.`);
  }
  return (
    <section aria-label="Difference" aria-busy={old.isWaiting || now.isWaiting}>
      <p className={styles.takeAway}>
        <output>{differenceInWords(changes)}</output>
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
      </p>
      {changes.slice(0, MOST).map((change) => (
        <Change key={`${change.table} ${change.kind} ${change.chain}`} change={change} />
      ))}
      {changes.length > MOST ? <p className={styles.quiet}>{changes.length - MOST} more; Copy takes all of them.</p> : null}
    </section>
  );
}

const MOST = 100;

function Change({ change: { table, chain, kind, how, removed, added } }: { readonly change: ChainChange }): ReactNode {
  return (
    <div className={styles.walkedChain}>
      <p className={styles.walkedHead}>
        <b className={styles.plainName}>{kind === "chain" ? chain : `${kind} ${chain}`}</b>
        <small>
          {table}, {how}
        </small>
      </p>
      {removed.map(({ number, text }, index) => (
        <p key={`- ${index}`} className={styles.removed}>
          <span aria-hidden="true">−</span>
          <code>
            <span className="sr">removed{number === 0 ? "" : `, rule ${number}`}: </span>
            {text}
          </code>
        </p>
      ))}
      {added.map(({ number, text }, index) => (
        <p key={`+ ${index}`} className={styles.added}>
          <span aria-hidden="true">+</span>
          <code>
            <span className="sr">added{number === 0 ? "" : `, rule ${number}`}: </span>
            {text}
          </code>
        </p>
      ))}
      {how === "in another order" ? <p className={styles.under}>The same rules in another order.</p> : null}
    </div>
  );
}
