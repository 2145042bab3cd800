/** Goes to the text twin: a frame later, when a dialog that was open has given the focus back. */
export function showWords(): void {
  requestAnimationFrame(() => {
    const region = document.getElementById("in-words");
    region?.scrollIntoView({ block: "start" });
    region?.focus({ preventScroll: true });
  });
}
