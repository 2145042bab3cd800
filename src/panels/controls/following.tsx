/** What is followed, in a sentence, and the one obvious act. */
import { useId, type ReactNode } from "react";
import { followable, useActions, useApp, useAppParts } from "../../store";
import { Button } from "../../widgets/button";

export function Following(): ReactNode {
  const followed = useApp((state) => state.selection.followed);
  const id = useId();
  return (
    <section className="following" aria-labelledby={id}>
      <h2 id={id}>Following</h2>
      {followed === null ? <Nothing /> : <Followed request={followed} />}
    </section>
  );
}

function Nothing(): ReactNode {
  const { followThis } = useActions();
  const id = useId();
  const choice = useAppParts((state) => {
    const found = followable(state);
    return { request: found?.flight.request ?? null, underWay: found?.underWay ?? false };
  });
  return (
    <>
      <p className="following-what">Nothing yet</p>
      <p className="following-how" id={id}>
        {choice.request === null
          ? "No request has begun yet. The first one is on its way soon."
          : `Request ${choice.request} is ${choice.underWay ? "under way" : "the newest"}. Walk with its packets.`}
      </p>
      <Button main disabled={choice.request === null} aria-describedby={id} onClick={followThis}>
        Follow this request
      </Button>
    </>
  );
}

function Followed({ request }: { readonly request: number }): ReactNode {
  const { stopFollowing } = useActions();
  const journey = useApp((state) => (state.session.journey?.request === request ? state.session.journey : null));
  const ended = useApp((state) => journey?.endedAt != null && state.playback.at >= journey.endedAt);
  const client = journey?.client.split("/").at(-1) ?? "";
  return (
    <>
      <p className="following-what">{journey?.title ?? `Request ${request}`}</p>
      <p className="following-how">
        {journey === null ? "Finding its packets." : ended ? journey.sentence : `Request ${request} of ${client}.`}
      </p>
      <Button onClick={stopFollowing} aria-keyshortcuts="Escape">
        Stop following <kbd aria-hidden="true">Esc</kbd>
      </Button>
    </>
  );
}
