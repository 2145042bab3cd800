/** What the bar of a narrow page has no room for. */
import type { ReactNode } from "react";
import { useActions, type DialogRequest } from "../../store";
import { ActRow } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { showWords } from "../in-words/show-words";

export function MoreDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { openDialog } = useActions();
  const goTo = (kind: Extract<DialogRequest["kind"], "keys" | "commands">): void => openDialog({ kind });
  function goToWords(): void {
    onClose();
    showWords();
  }
  return (
    <Dialog title="More" onClose={onClose}>
      <div>
        <ActRow onClick={goToWords}>As text</ActRow>
        <ActRow onClick={() => goTo("keys")}>Keys</ActRow>
        <ActRow onClick={() => goTo("commands")}>Search</ActRow>
      </div>
    </Dialog>
  );
}
