/** Requests, newest first: who asked what, who answered, how it ended. */
import type { ReactNode } from "react";
import type { RequestView } from "../../bridge/protocol";
import { showMillis, useActions, useApp, useCalmApp } from "../../store";
import { MissedLink } from "../missed";
import { Table, type Column } from "../../widgets/table";

const NONE: readonly RequestView[] = [];

const COLUMNS: readonly Column<RequestView>[] = [
  { head: "Started", cell: (request) => showMillis(request.startedAt) },
  { head: "Client", cell: (request) => request.client },
  { head: "To", cell: (request) => request.to },
  { head: "Answered by", cell: (request) => request.answeredBy },
  { head: "Verdict", cell: (request) => request.verdict },
  { head: "How", cell: (request) => `${request.clientKind}. ${request.sentence}` },
  { head: "Missed", cell: (request) => <MissedLink missed={request.missed} /> },
  { head: "Acts", cell: (request) => <FollowButton request={request} /> },
];

function FollowButton({ request }: { readonly request: RequestView }): ReactNode {
  const { follow } = useActions();
  return (
    <span className="row-acts">
      <button type="button" onClick={() => follow(request.id, request.startedAt)} aria-label={`Follow request ${request.id}`}>
        Follow
      </button>
    </span>
  );
}

export function RequestsTable(): ReactNode {
  const requests = useCalmApp((state) => state.session.moment?.requests ?? NONE);
  const followed = useApp((state) => state.selection.followed);
  return (
    <Table
      name="Requests"
      columns={COLUMNS}
      rows={requests}
      rowKey={(one) => `${one.id}`}
      empty="No request has begun. “Send request” sends one."
      isCurrent={(one) => one.id === followed}
    />
  );
}
