/** What captures on all interfaces show of one journey, as plain data: what a capture file is written from. */

/** One frame as one interface showed it. */
export interface CaptureFrame {
  /** Whole microseconds of cluster time. */
  readonly at: number;
  /** The network namespace in words: `node-a`, `Pod shop/my-app-x`. */
  readonly host: string;
  readonly iface: string;
  /** What the interface is for, in words. */
  readonly role: string;
  readonly way: "in" | "out";
  /** Which packet it is, where it is, and what was done to it since the frame before: a sentence a line. */
  readonly comment: string;
  /** The Ethernet frame without preamble and check sequence, two hexadecimal digits a byte. */
  readonly bytes: string;
}

/** The frames of a journey on every interface they pass, in the order of time. */
export interface CaptureView {
  readonly title: string;
  /** Version of the model's behaviour that made them. */
  readonly behaviour: number;
  /** Cluster time 0 in microseconds of Unix time. */
  readonly unixTimeOfZero: number;
  readonly frames: readonly CaptureFrame[];
}
