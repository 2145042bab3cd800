import { memo } from "react";
import type { ReaderColumn, ReaderRow } from "../layout/control-layout";
import { wrapped } from "../layout/text-width";
import { classes } from "../marks/classes";
import ink from "../marks/ink.module.css";
import { Line } from "../marks/lines";
import { Text } from "../marks/Text";
import type { Scene } from "./scene";
import { ageWords, lastWrite, pagesInWords } from "./words";

/** One reader: a square at the revision it acts on, the gap to the newest dotted, its age in seconds. */
function Reader({ row }: { readonly row: ReaderRow }) {
  const late = row.behind > 0;
  const side = 6;
  return (
    <g>
      <Text x={row.x} y={row.y} style={late ? ["strong"] : []}>
        {row.name}
      </Text>
      {late && row.dotX < row.headX && (
        <Line
          kind="gap"
          points={[
            { x: row.dotX + 3, y: row.y - 4 },
            { x: row.headX, y: row.y - 4 },
          ]}
        />
      )}
      <rect className={classes(ink["square"], late && ink["late"])} x={row.dotX - side / 2} y={row.y - 7} width={side} height={side} />
      <Text x={row.ageX} y={row.y} style={late ? ["strong", "end", "figures"] : ["quiet", "end", "figures"]}>
        {ageWords(row.behind)}
      </Text>
    </g>
  );
}

function Column({ column }: { readonly column: ReaderColumn }) {
  const marks = Array.from({ length: 4 }, (_, n) => column.firstX + n * 16);
  return (
    <g>
      <Text x={column.x} y={27} style={["quiet"]}>
        Reader acts on
      </Text>
      <Text x={column.firstX} y={27} style={["quiet", "mono", "centre"]}>
        {column.firstRevision}
      </Text>
      <Text x={column.lastX} y={27} style={["quiet", "mono", "centre"]}>
        {column.lastRevision}
      </Text>
      <Text x={column.ageX} y={27} style={["quiet", "end"]}>
        behind
      </Text>
      <path className={ink["hair"]} d={marks.map((x) => `M${x} ${column.top}V${column.bottom}`).join("")} />
      {column.rows.map((row) => (
        <Reader key={row.key} row={row} />
      ))}
    </g>
  );
}

/** API server, store and its readers: who knows what, since when. */
export const ControlPlane = memo(function ControlPlane({ scene }: { readonly scene: Scene }) {
  const write = lastWrite(scene.events, scene.at);
  const words = write === null ? pagesInWords(scene.moment) : write.sentence;
  return (
    <g data-part="control plane">
      <Text x={24} y={27} style={["heading"]}>
        Control plane
      </Text>
      <Line
        kind="control"
        points={[
          { x: 105, y: 47 },
          { x: 128, y: 47 },
        ]}
      />
      <rect className={ink["square"]} x={24} y={43} width={8} height={8} />
      <Text x={38} y={51} style={["name"]}>
        API server
      </Text>
      <rect className={ink["square"]} x={128} y={43} width={8} height={8} />
      <Text x={142} y={51} style={["name"]}>
        {`store, revision ${scene.moment.revision}`}
      </Text>
      {wrapped(words, 224, 11, 2).map((line, n) => (
        <Text key={line} x={24} y={70 + n * 15}>
          {line}
        </Text>
      ))}
      {scene.layout.control.columns.map((column) => (
        <Column key={column.x} column={column} />
      ))}
    </g>
  );
});
