/** How the page shows itself: theme, motion, dialogs, and what the live region says. */
import type { ObjectRef } from "../bridge/protocol";

export type Theme = "system" | "light" | "dark";

/** The one dialog that is open. */
export type DialogRequest =
  | { readonly kind: "new-service" }
  | { readonly kind: "apply-yaml" }
  | { readonly kind: "open-yaml" }
  | { readonly kind: "edit-labels"; readonly ref: ObjectRef }
  | { readonly kind: "edit-selector"; readonly ref: ObjectRef }
  | { readonly kind: "share" }
  | { readonly kind: "export" }
  | { readonly kind: "keys" }
  | { readonly kind: "more" }
  | { readonly kind: "commands" };

/** Where text is typed that is kept until it is used: a dialog, or the Corefile in its panel. */
export type DraftOwner = DialogRequest | { readonly kind: "corefile" };

export interface ViewState {
  readonly theme: Theme;
  /** What the system asks for, and what the person chose here. */
  readonly systemReducesMotion: boolean;
  readonly reducesMotion: boolean | null;
  readonly singleKeys: boolean;
  readonly dialog: DialogRequest | null;
  /** Playback goes on when the dialog closes. */
  readonly resumes: boolean;
  /** Text typed into dialogs, by dialog and object; kept until it is used. */
  readonly drafts: Readonly<Record<string, string>>;
  /** One sentence per step made by hand; "" while playing. */
  readonly said: string;
}

/** Choices that a browser keeps between visits. */
export interface Preferences {
  readonly theme: Theme;
  readonly reducesMotion: boolean | null;
  readonly singleKeys: boolean;
}

export const PREFERENCES: Preferences = { theme: "system", reducesMotion: null, singleKeys: true };

export function newView(preferences: Preferences, systemReducesMotion: boolean): ViewState {
  return { ...preferences, systemReducesMotion, dialog: null, resumes: false, drafts: {}, said: "" };
}

/** Whether motion is to be reduced: the choice made here, else the system's. */
export function reducedMotion(view: ViewState): boolean {
  return view.reducesMotion ?? view.systemReducesMotion;
}

/** The key under which is kept what was typed. */
export function draftKey(dialog: DraftOwner): string {
  return "ref" in dialog ? `${dialog.kind} ${dialog.ref.kind} ${dialog.ref.namespace}/${dialog.ref.name}` : dialog.kind;
}
