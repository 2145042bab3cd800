/** Acts on how the page shows itself. */
import type { Context } from "./app-store";
import { draftKey, type DialogRequest, type DraftOwner, type Theme } from "./view";

export interface ViewActions {
  setTheme(theme: Theme): void;
  setReducesMotion(reduces: boolean | null): void;
  setSystemReducesMotion(reduces: boolean): void;
  setSingleKeys(on: boolean): void;
  /** Opens a dialog; it pauses, and what was typed into it before stands there again. */
  openDialog(dialog: DialogRequest): void;
  /** Closes the dialog and goes on playing where it interrupted. */
  closeDialog(): void;
  /** Keeps what is typed; null once it was used. */
  setDraft(dialog: DraftOwner, text: string | null): void;
}

export function makeViewActions(context: Context): ViewActions {
  return {
    setTheme: (theme) => context.set(({ view }) => ({ view: { ...view, theme } })),
    setReducesMotion: (reducesMotion) => context.set(({ view }) => ({ view: { ...view, reducesMotion } })),
    setSystemReducesMotion: (systemReducesMotion) => context.set(({ view }) => ({ view: { ...view, systemReducesMotion } })),
    setSingleKeys: (singleKeys) => context.set(({ view }) => ({ view: { ...view, singleKeys } })),
    openDialog: (dialog) =>
      context.set(({ view, playback }) => ({
        view: { ...view, dialog, resumes: view.dialog === null ? playback.playing : view.resumes },
        playback: { ...playback, playing: false },
      })),
    closeDialog: () =>
      context.set(({ view, playback }) => ({
        view: { ...view, dialog: null, resumes: false },
        playback: { ...playback, playing: playback.playing || view.resumes },
      })),
    setDraft: (dialog, text) =>
      context.set(({ view }) => {
        const { [draftKey(dialog)]: _, ...others } = view.drafts;
        return { view: { ...view, drafts: text === null ? others : { ...others, [draftKey(dialog)]: text } } };
      }),
  };
}
