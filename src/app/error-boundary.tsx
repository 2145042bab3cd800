/** What stands where drawing failed: what happened, and a way on that loses nothing of the recording. */
import { Component, type ReactNode } from "react";
import { Button } from "../widgets/button";

interface Props {
  /** What is drawn inside, in a word or two. */
  readonly what: string;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null };

  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <div className="broken" role="alert">
        <p>
          {this.props.what} could not be drawn: {this.state.message}. The simulation and your changes are kept.
        </p>
        <Button onClick={() => this.setState({ message: null })}>Draw it again</Button>
      </div>
    );
  }
}
