import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import { FilmPlay } from '../film/play.ts';
import { bareVoices, transportVoices } from '../film/voices.ts';
import type { LiveStream } from '../live/stream.ts';
import type { Outlet } from '../outlet.ts';
import type { Stage } from '../performance.ts';
import type { Piece } from '../repertoire.ts';
import { tracksIn as carriedIn, transportOf } from '../transport-stream.ts';
import type { TrackAddresses, UdpFan } from '../udp/fan.ts';
import { tracksOf } from './description.ts';
import type { Groups } from './groups.ts';
import { Interleaved } from './interleaved.ts';
import { InterleavedLive } from './interleaved-live.ts';
import { LivePlay } from './live-play.ts';
import type { Session } from './session.ts';
import { TransportLive } from './transport-live.ts';
import { UdpOutlet } from './udp-outlet.ts';

export type StageOptions = {
  /** Null where nothing goes out over UDP. */
  readonly fan: UdpFan | null;
  /** Null where nothing goes out by multicast. */
  readonly groups: Groups | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each batch that a slow receiver is not given. */
  readonly onDrop: () => void;
  /** Told when a film, or the range of it, was sent to the end. */
  readonly onRest: (session: Session) => void;
};

/** Sets the playing of a session up: what it plays meets how that goes out. */
export function stageOf(session: Session, options: StageOptions): Stage {
  const { piece } = session;
  return piece.kind === 'film' ? filmStage(session, piece, options) : liveStage(session, piece, options);
}

type FilmPiece = Extract<Piece, { kind: 'film' }>;
type LivePiece = Extract<Piece, { kind: 'live' }>;

function filmStage(session: Session, { id, film }: FilmPiece, options: StageOptions): Stage {
  const { clock, log, onRest } = options;
  const outlet = outletOf(session, options);
  const ids = session.setUps.map(({ track }) => track);
  const carried = transported(session);
  const tracks = tracksOf(film.tracks, carried ?? ids);
  const bare = () => bareVoices(tracks);
  const performance = new FilmPlay({
    film,
    tracks,
    voices: carried === null ? bare : () => transportVoices(tracks) ?? bare(),
    outlet,
    clock,
    onEnd: () => onRest(session),
    onError: (error) => log.error({ presentation: id, err: error }, `${id} can not be read`),
  });
  return { performance, forget: (track) => outlet.forget(track) };
}

function outletOf(session: Session, { fan, clock }: StageOptions): Outlet {
  if (session.transport !== 'interleaved' && fan !== null)
    return new UdpOutlet(fan, addressesOf(session), () => session.hear());
  return new Interleaved({ link: session.link, channels: channelsOf(session), clock });
}

function liveStage(session: Session, piece: LivePiece, options: StageOptions): Stage {
  const { stream } = piece;
  const tracks = () => session.setUps.map(({ track }) => track);
  const join = () => joinLive(session, piece, options);
  const performance = new LivePlay({ stream, tracks, join });
  return { performance, forget: () => performance.rejoin() };
}

function joinLive(session: Session, { stream }: LivePiece, options: StageOptions): () => void {
  const { fan, groups, clock, onDrop } = options;
  const onEnd = () => session.end();
  if (transported(session) !== null) return joinTransported(session, stream, options);
  if (session.transport === 'multicast' && groups !== null) return groups.join(stream, session.setUps, onEnd);
  if (session.transport === 'unicast' && fan !== null)
    return fan.join(stream, addressesOf(session), { onControl: () => session.hear(), onEnd });
  const channels = channelsOf(session);
  const pictures = stream.tracks
    .filter(({ id, kind }) => kind === 'video' && channels.has(id))
    .map(({ id }) => id);
  const receiver = new InterleavedLive({
    link: session.link,
    channels,
    pictures: new Set(pictures),
    clock,
    onDrop,
    onEnd,
  });
  return stream.join([...channels.keys()], receiver);
}

/** The tracks that a session has as one transport stream; null where it has them by themselves. */
const transported = ({ setUps }: Session) => carriedIn(setUps[0]?.track ?? '');

function joinTransported(session: Session, stream: LiveStream, options: StageOptions): () => void {
  const { clock, onDrop } = options;
  const ids = transported(session) ?? [];
  const sender = transportOf(ids.map((id) => stream.source(id)));
  if (sender === null) return () => {};
  const outlet = outletOf(session, options);
  const pictures = new Set(
    stream.tracks.filter(({ id, kind }) => kind === 'video' && ids.includes(id)).map(({ id }) => id),
  );
  const onEnd = () => session.end();
  const cut = (reason: string) => session.link.cut(reason);
  const receiver = new TransportLive({ ids, pictures, sender, outlet, clock, onDrop, cut, onEnd });
  const leave = stream.join(ids, receiver);
  return () => {
    leave();
    outlet.close();
  };
}

const channelsOf = ({ setUps }: Session) =>
  new Map(
    setUps.flatMap(({ track, carrier }) =>
      carrier.kind === 'interleaved' ? [[track, carrier.channels] as const] : [],
    ),
  );

/** Only to where the connection comes from: nobody has others sent to. */
const addressesOf = ({ setUps, link: { address } }: Session): readonly TrackAddresses[] =>
  setUps.flatMap(({ track, carrier }) => {
    if (carrier.kind !== 'unicast') return [];
    const [rtp, rtcp] = carrier.clientPorts;
    return [{ track, rtp: { address, port: rtp }, rtcp: { address, port: rtcp } }];
  });
