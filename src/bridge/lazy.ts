/** Parts of the worker that are loaded when they are first needed: what is seldom asked for must not delay the first moment. */

/** Work in slices: each yield says how far it has come. */
export type Work<T> = Generator<{ readonly done: number; readonly total: number }, T, void>;

/**
 * Makes a way to wait for a part, turn by turn: whoever drives it lets other things happen between two turns. A load that
 * failed throws, naming the part, and is tried again the next time.
 */
export function lazily<T>(what: string, load: () => Promise<T>): () => Work<T> {
  let part: { readonly is: T } | null = null;
  let error = "";
  let isLoading = false;
  const begin = (): void => {
    isLoading = true;
    error = "";
    load().then(
      (is) => {
        part = { is };
      },
      (reason: unknown) => {
        error = reason instanceof Error ? reason.message : "for an unknown reason";
      },
    );
  };
  return function* wait() {
    if (!isLoading) begin();
    for (;;) {
      if (part !== null) return part.is;
      if (error !== "") break;
      yield { done: 0, total: 1 };
    }
    isLoading = false;
    throw new Error(`${what} could not be loaded: ${error}`);
  };
}
