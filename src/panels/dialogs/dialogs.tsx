/** The one dialog that is open. This file and what it needs is loaded when the first one opens. */
import type { ReactNode } from "react";
import { useActions, useApp } from "../../store";
import { ApplyYamlDialog } from "./apply-yaml-dialog";
import { CommandsDialog } from "./commands-dialog";
import "./dialogs.css";
import { EditDialog } from "./edit-dialog";
import { ExportDialog } from "./export-dialog";
import { KeysDialog } from "./keys-dialog";
import { MoreDialog } from "./more-dialog";
import { NewServiceDialog } from "./new-service-dialog";
import { OpenYamlDialog } from "./open-yaml-dialog";
import { ShareDialog } from "./share-dialog";

export default function Dialogs(): ReactNode {
  const dialog = useApp((state) => state.view.dialog);
  const { closeDialog } = useActions();
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "new-service":
      return <NewServiceDialog dialog={dialog} onClose={closeDialog} />;
    case "apply-yaml":
      return <ApplyYamlDialog dialog={dialog} onClose={closeDialog} />;
    case "open-yaml":
      return <OpenYamlDialog dialog={dialog} onClose={closeDialog} />;
    case "edit-labels":
    case "edit-selector":
      return <EditDialog key={`${dialog.kind} ${dialog.ref.name}`} dialog={dialog} onClose={closeDialog} />;
    case "share":
      return <ShareDialog onClose={closeDialog} />;
    case "export":
      return <ExportDialog onClose={closeDialog} />;
    case "keys":
      return <KeysDialog onClose={closeDialog} />;
    case "more":
      return <MoreDialog onClose={closeDialog} />;
    case "commands":
      return <CommandsDialog onClose={closeDialog} />;
  }
}
