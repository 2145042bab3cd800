/** Something said to the person: a notice (role status) or an error (role alert), each with a way to put it away. */
import type { ReactNode } from "react";
import "./saying.css";

export function Said({
  tone,
  text,
  onDismiss,
}: {
  readonly tone: "notice" | "error";
  readonly text: string;
  readonly onDismiss: () => void;
}): ReactNode {
  return (
    <div className={`saying saying-${tone}`} role={tone === "error" ? "alert" : undefined}>
      <p>{text}</p>
      <button type="button" className="button-quiet" aria-label="Dismiss" onClick={onDismiss}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M4 4l8 8M12 4l-8 8" />
        </svg>
      </button>
    </div>
  );
}
