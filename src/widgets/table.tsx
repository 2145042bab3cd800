/** A table of plain rows: a caption, heads, and in each row its first cell as its head. */
import { useRef, type ReactNode } from "react";
import "./table.css";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures stand right. */
  readonly figures?: boolean;
}

export interface TableProps<Row> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What would fill it. */
  readonly empty: string;
  readonly isCurrent?: (row: Row) => boolean;
}

export function Table<Row extends object>({ name, columns, rows, rowKey, empty, isCurrent }: TableProps<Row>): ReactNode {
  const drawn = useRef(new WeakMap<Row, { readonly current: boolean; readonly node: ReactNode }>());

  /** A row that is the same object is not drawn again. */
  function drawRow(row: Row): ReactNode {
    const current = isCurrent?.(row) === true;
    const known = drawn.current.get(row);
    if (known?.current === current) return known.node;
    const node = (
      <tr key={rowKey(row)} aria-current={current ? "true" : undefined}>
        {columns.map((column, index) => cellOf(column, row, index))}
      </tr>
    );
    drawn.current.set(row, { current, node });
    return node;
  }

  return (
    <div className="table-frame">
      <table className="table">
        <caption>{name}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={column.figures === true ? "figures" : undefined}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(drawRow)}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} className="empty">
                {empty}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function cellOf<Row>(column: Column<Row>, row: Row, index: number): ReactNode {
  const className = column.figures === true ? "figures" : undefined;
  if (index > 0) return <td key={column.head} className={className}>{column.cell(row)}</td>;
  return <th key={column.head} scope="row" className={className}>{column.cell(row)}</th>;
}
