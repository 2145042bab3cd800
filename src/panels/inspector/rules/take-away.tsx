/** A rule text to take away: copied, or as a file; iptables' with the kernel's counters where one wants them. */
import { useState, type ReactNode } from "react";
import type { RulesView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import { download } from "../../download";
import { fileNameOf, withCounters, type RulesDocument } from "./documents";
import styles from "./rules.module.css";

export function TakeAway({ rules, document }: { readonly rules: RulesView; readonly document: RulesDocument }): ReactNode {
  const [counted, setCounted] = useState(false);
  const { say } = useActions();
  const isCounted = document.counts && counted;
  const command = isCounted ? `${document.command} -c` : document.command;
  const text = (): string => (isCounted ? withCounters(document.text, rules) : document.text);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text());
    say("notice", `What ${command} prints on ${rules.node} is copied.`);
  }
  return (
    <p className={styles.takeAway}>
      <code>{command}</code>
      {document.counts ? (
        <label>
          <input type="checkbox" checked={counted} onChange={(event) => setCounted(event.target.checked)} /> with counters
        </label>
      ) : null}
      <button type="button" aria-label={`Copy ${command}`} onClick={() => void copy()}>
        Copy
      </button>
      <button
        type="button"
        aria-label={`Download ${command}`}
        onClick={() => download({ name: fileNameOf(rules.node, command), type: "text/plain", content: text() })}
      >
        Download
      </button>
    </p>
  );
}
