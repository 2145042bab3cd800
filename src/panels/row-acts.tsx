/** The acts on one object, named by it: they stand in the tables and in the Object tab. */
import type { ReactNode } from "react";
import type { ObjectRef } from "../bridge/protocol";
import { useActions } from "../store";

export function DeleteButton({ of }: { readonly of: ObjectRef }): ReactNode {
  const { command } = useActions();
  const name = of.namespace === "" ? of.name : `${of.namespace}/${of.name}`;
  return (
    <button type="button" onClick={() => void command({ do: "delete", kind: of.kind, name })} aria-label={`Delete ${of.kind} ${of.name}`}>
      Delete
    </button>
  );
}

export function EditLabelsButton({ of }: { readonly of: ObjectRef }): ReactNode {
  const { openDialog } = useActions();
  return (
    <button type="button" onClick={() => openDialog({ kind: "edit-labels", ref: of })} aria-label={`Edit labels of ${of.name}`}>
      Edit labels
    </button>
  );
}

export function EditSelectorButton({ of }: { readonly of: ObjectRef }): ReactNode {
  const { openDialog } = useActions();
  return (
    <button type="button" onClick={() => openDialog({ kind: "edit-selector", ref: of })} aria-label={`Edit selector of ${of.name}`}>
      Edit selector
    </button>
  );
}

/** The name of an object; pressing it shows the object. */
export function ObjectButton({ of }: { readonly of: ObjectRef }): ReactNode {
  const { selectObject } = useActions();
  return (
    <button type="button" className="link-button" onClick={() => selectObject(of, true)}>
      {of.name}
    </button>
  );
}
