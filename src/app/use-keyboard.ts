/** Listens to the keys of the whole page. */
import { useEffect } from "react";
import { useAppItself } from "../store";
import { actOf, focusOf } from "./keyboard";

export function useKeyboard(): void {
  const { store, actions } = useAppItself();
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing) return;
      const pressed = {
        key: event.key,
        shift: event.shiftKey,
        ctrl: event.ctrlKey || event.metaKey,
        alt: event.altKey,
        focus: focusOf(event.target),
      };
      const act = actOf(pressed, store.getState());
      if (act === null) return;
      event.preventDefault();
      act(actions);
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [store, actions]);
}
