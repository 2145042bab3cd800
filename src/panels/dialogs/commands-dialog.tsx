/** Search and run (Ctrl K): a combobox over everything that can be done or looked at. */
import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { useActions, useAppItself } from "../../store";
import { Dialog } from "../../widgets/dialog";
import { findCommands, type FoundCommand } from "./commands";

export function CommandsDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const id = useId();
  const { store } = useAppItself();
  const actions = useActions();
  const [typed, setTyped] = useState("");
  const [index, setIndex] = useState(0);
  const { theme } = store.getState().view;
  const isDark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const found = findCommands(store.getState(), typed, isDark);
  const current = found[Math.min(index, found.length - 1)];

  function run(command: FoundCommand): void {
    onClose();
    command.run(actions);
  }

  function key(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      setIndex((found.length + index + by) % Math.max(1, found.length));
    } else if (event.key === "Enter" && current !== undefined) {
      event.preventDefault();
      run(current);
    }
  }

  return (
    <Dialog title="Search or run a command" onClose={onClose}>
      <div className="field">
        <input
          type="text"
          role="combobox"
          aria-label="Command"
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={current === undefined ? undefined : `${id}-${current.id}`}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onKeyDown={key}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setIndex(0);
          }}
        />
      </div>
      <ul className="commands-list" role="listbox" aria-label="Found" id={`${id}-list`}>
        {found.map((command) => (
          <li key={command.id} id={`${id}-${command.id}`} role="option" aria-selected={command === current} onClick={() => run(command)}>
            {command.words} <span className="kind">{command.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="hint">Nothing has these words. Names of objects are found, and everything on the buttons.</p>}
    </Dialog>
  );
}
