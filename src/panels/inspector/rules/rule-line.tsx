/** One line of a rule text: its hits, the line verbatim with names that lead to what they name, and what part it takes. */
import { memo, type ReactNode } from "react";
import { percent, type Share } from "./shares";
import { partsOf } from "./rules-text";
import styles from "./rules.module.css";

/** Names that lead somewhere, each with the table in which it stands. */
export type Names = ReadonlyMap<string, string>;

/** Leads to a chain, set or map of a table. */
export type Jump = (
  to: { readonly table: string; readonly chain: string },
  from: { readonly chain: string; readonly line: string },
) => void;

export interface RuleLineProps {
  readonly table: string;
  readonly chain: string;
  readonly text: string;
  /** Packets that matched; "" for what is no rule. */
  readonly hits: string;
  readonly state: "plain" | "lit";
  readonly share: Share | undefined;
  readonly names: Names;
  readonly find: string;
  readonly isFound: boolean;
  readonly jump: Jump;
}

export const RuleLine = memo(function RuleLine(props: RuleLineProps): ReactNode {
  const { table, chain, text, hits, state, share, names, find, isFound, jump } = props;
  return (
    <div className={`${styles.line} ${state === "lit" ? styles.lit : ""}`} data-found={isFound ? "true" : undefined}>
      <span title="packets that matched">{hits}</span>
      <div>
        <code className={styles.code}>
          {state === "lit" ? <span className="sr">matched: </span> : null}
          {partsOf(text, names).map((part, index) => {
            const key = `${index} ${part.text}`;
            if (part.to === "") return <Found key={key} text={part.text} find={find} />;
            return (
              <a
                key={key}
                href="#rules"
                className={styles.name}
                aria-label={`Go to ${part.to}`}
                onClick={(event) => {
                  event.preventDefault();
                  jump({ table: names.get(part.to) ?? table, chain: part.to }, { chain, line: text });
                }}
              >
                <Found text={part.text} find={find} />
              </a>
            );
          })}
        </code>
        {share === undefined ? null : <small className={styles.share}>{shareInWords(share, text)}</small>}
      </div>
    </div>
  );
});

function shareInWords({ reaches, takes }: Share, text: string): string {
  if (text.startsWith("numgen ")) return `each endpoint gets ${percent(takes)}`;
  return reaches === 1 ? `this endpoint gets ${percent(takes)}` : `${percent(reaches)} come this far; this endpoint gets ${percent(takes)}`;
}

/** What is looked for stands out. */
function Found({ text, find }: { readonly text: string; readonly find: string }): ReactNode {
  const at = find === "" ? -1 : text.toLowerCase().indexOf(find.toLowerCase());
  if (at < 0) return text;
  const end = at + find.length;
  return (
    <>
      {text.slice(0, at)}
      <b className={styles.found}>{text.slice(at, end)}</b>
      <Found text={text.slice(end)} find={find} />
    </>
  );
}
