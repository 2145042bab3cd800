/** The control plane at the top: what was stored last, and the readers' dot plot (revision across, a row a reader). */
import type { MomentView, ReaderView } from "../../bridge/protocol";
import { fitted } from "./text-width";

export const STAGE_WIDTH = 820;
export const MARGIN = 24;
const MOST_ROWS = 8;
const ROW = 14;
const FIRST_ROW = 46;
/** Revisions that fit across a column. */
const SPREAD = 4;
const PITCH = 16;

/** A reader as drawn: one row of the dot plot. */
export interface ReaderRow {
  readonly key: string;
  readonly name: string;
  readonly x: number;
  /** Baseline of the row's words. */
  readonly y: number;
  /** Where its square stands, and where the newest revision is. */
  readonly dotX: number;
  readonly headX: number;
  readonly behind: number;
  /** Right end of the age. */
  readonly ageX: number;
  /** For the row that folds the rest. */
  readonly folded: boolean;
}

export interface ReaderColumn {
  readonly x: number;
  readonly firstX: number;
  readonly lastX: number;
  readonly firstRevision: number;
  readonly lastRevision: number;
  readonly ageX: number;
  readonly top: number;
  readonly bottom: number;
  readonly rows: readonly ReaderRow[];
}

export interface ControlLayout {
  readonly columns: readonly ReaderColumn[];
  readonly bottom: number;
}

interface ColumnPlace {
  readonly x: number;
  readonly firstX: number;
  readonly ageX: number;
}

const LEFT: ColumnPlace = { x: 258, firstX: 368, ageX: 474 };
const RIGHT: ColumnPlace = { x: 510, firstX: 690, ageX: 796 };

/** The rest in one row: how many, and the oldest page among them. */
function foldRest(rest: readonly ReaderView[]): ReaderView {
  const worst = rest.reduce((a, b) => (b.behind > a.behind ? b : a));
  return { ...worst, reader: `${rest.length} more` };
}

function rowsShown(readers: readonly ReaderView[]): readonly { readonly reader: ReaderView; readonly folded: boolean }[] {
  if (readers.length <= MOST_ROWS) return readers.map((reader) => ({ reader, folded: false }));
  const shown = readers.slice(0, MOST_ROWS - 1).map((reader) => ({ reader, folded: false }));
  return [...shown, { reader: foldRest(readers.slice(MOST_ROWS - 1)), folded: true }];
}

function columnOf(place: ColumnPlace, readers: readonly ReaderView[], head: number): ReaderColumn {
  const first = head - (SPREAD - 1);
  const lastX = place.firstX + (SPREAD - 1) * PITCH;
  const rows = rowsShown(readers).map(({ reader, folded }, n): ReaderRow => ({
    key: folded ? "more" : reader.reader,
    name: fitted(reader.reader, place.firstX - place.x - 10, 11),
    x: place.x,
    y: FIRST_ROW + n * ROW,
    dotX: place.firstX + (Math.max(first, Math.min(head, reader.revision)) - first) * PITCH,
    headX: lastX,
    behind: reader.behind,
    ageX: place.ageX,
    folded,
  }));
  return {
    x: place.x,
    firstX: place.firstX,
    lastX,
    firstRevision: first,
    lastRevision: head,
    ageX: place.ageX,
    top: FIRST_ROW - 8,
    bottom: FIRST_ROW + Math.max(0, rows.length - 1) * ROW,
    rows,
  };
}

const isLeft = (reader: ReaderView): boolean => reader.kind === "controller";

/** Controllers to the left, kube-proxies and CoreDNS to the right. Rows keep the order in which they are told. */
export function controlLayout(moment: MomentView): ControlLayout {
  const others = moment.readers.filter((reader) => !isLeft(reader) && reader.kind !== "kubelet");
  const columns = [columnOf(LEFT, moment.readers.filter(isLeft), moment.revision), columnOf(RIGHT, others, moment.revision)];
  return { columns, bottom: Math.max(88, ...columns.map((column) => column.bottom)) };
}
