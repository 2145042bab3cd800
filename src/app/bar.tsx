/** The bar: whose page it is, what is open, commands, sharing, theme. */
import type { ReactNode } from "react";
import { showWords } from "../panels/in-words/show-words";
import { useActions, useApp } from "../store";
import type { Width } from "./use-width";
import "./bar.css";

export function Bar({ width }: { readonly width: Width }): ReactNode {
  const title = useApp((state) => state.session.title);
  const mode = useApp((state) => state.session.moment?.proxyMode);
  const { openDialog } = useActions();
  return (
    <header className="bar">
      <h1>
        <svg viewBox="0 0 28 12" fill="none" strokeWidth="1.5" aria-hidden="true">
          <rect x="1" y="1" width="10" height="10" rx="5" stroke="var(--service-line)" strokeDasharray="2.4 2" />
          <path d="M13 6h3" stroke="var(--ink)" />
          <rect x="17" y="1" width="10" height="10" rx="5" stroke="var(--pod-line)" fill="var(--pod-line)" />
        </svg>
        Kubewalk
      </h1>
      {width !== "narrow" && <span className="bar-name">{title}</span>}
      {width !== "narrow" && <span className="bar-mode">{mode ?? ""}</span>}
      <BranchChoice />
      <span className="bar-push" />
      {width === "wide" && (
        <button type="button" className="bar-find" onClick={() => openDialog({ kind: "commands" })} aria-keyshortcuts="Control+K">
          Search or run a command <kbd aria-hidden="true">Ctrl K</kbd>
        </button>
      )}
      {width === "wide" && <span className="bar-quiet">Kubernetes 1.35</span>}
      {width !== "narrow" && <InWordsButton />}
      <button type="button" onClick={() => openDialog({ kind: "share" })}>
        Share
      </button>
      <button type="button" onClick={() => openDialog({ kind: "export" })}>
        Export
      </button>
      {width !== "narrow" && (
        <button type="button" onClick={() => openDialog({ kind: "keys" })} aria-keyshortcuts="?">
          Keys
        </button>
      )}
      <ThemeButton />
      {width === "narrow" && (
        <button type="button" aria-haspopup="dialog" onClick={() => openDialog({ kind: "more" })}>
          More
        </button>
      )}
    </header>
  );
}

/** Branches of time, once there are several: one can go back to each. */
function BranchChoice(): ReactNode {
  const branches = useApp((state) => state.session.branches);
  const { switchBranch } = useActions();
  if (branches.length < 2) return null;
  return (
    <select
      className="bar-branch"
      aria-label="Branch"
      value={branches.find((one) => one.current)?.id}
      onChange={(event) => switchBranch(event.currentTarget.value)}
    >
      {branches.map((branch) => (
        <option key={branch.id} value={branch.id}>
          {branch.name}
        </option>
      ))}
    </select>
  );
}

function InWordsButton(): ReactNode {
  return (
    <button type="button" onClick={showWords}>
      As text
    </button>
  );
}

/** Light and dark by turns; until it is pressed the system decides. */
function ThemeButton(): ReactNode {
  const theme = useApp((state) => state.view.theme);
  const { setTheme } = useActions();
  function turn(): void {
    const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
    setTheme(dark ? "light" : "dark");
  }
  return (
    <button type="button" onClick={turn}>
      Theme
    </button>
  );
}
