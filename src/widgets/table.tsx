/** A table of plain rows: a caption, heads, and in each row its first cell as its head. */
import { PureComponent, type ReactNode } from "react";
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

export function Table<Row>({ name, columns, rows, rowKey, empty, isCurrent }: TableProps<Row>): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- wider than the page it is scrolled, by keys too
    <div className="table-frame" role="group" aria-label={name} tabIndex={0}>
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
          {rows.map((row) => (
            <TableRow key={rowKey(row)} columns={columns} row={row} isCurrent={isCurrent?.(row) === true} />
          ))}
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

interface RowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly row: Row;
  readonly isCurrent: boolean;
}

/** A row that is the same object is not drawn again. */
class TableRow<Row> extends PureComponent<RowProps<Row>> {
  override render(): ReactNode {
    const { columns, row, isCurrent } = this.props;
    return <tr aria-current={isCurrent ? "true" : undefined}>{columns.map((column, index) => cellOf(column, row, index))}</tr>;
  }
}

function cellOf<Row>(column: Column<Row>, row: Row, index: number): ReactNode {
  const className = column.figures === true ? "figures" : undefined;
  if (index > 0) {
    return (
      <td key={column.head} className={className}>
        {column.cell(row)}
      </td>
    );
  }
  return (
    <th key={column.head} scope="row" className={className}>
      {column.cell(row)}
    </th>
  );
}
