/** The way from a failed request to the change that had not arrived. */
import type { ReactNode } from "react";
import type { RequestView } from "../bridge/protocol";
import { showMillis, useActions } from "../store";

export function MissedLink({ missed }: { readonly missed: RequestView["missed"] | undefined }): ReactNode {
  const { goToEvent } = useActions();
  if (missed === null || missed === undefined) return null;
  const what = `revision ${missed.revision} of ${missed.kind} ${missed.name.split("/").at(-1) ?? missed.name}`;
  return (
    <button
      type="button"
      className="link-button"
      aria-label={`Go to the change that was missed: ${what}, ${showMillis(missed.writtenAt)}`}
      onClick={() => goToEvent(missed.event, missed.writtenAt)}
    >
      {what}, {showMillis(missed.writtenAt)}
    </button>
  );
}
