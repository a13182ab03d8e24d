import { FlvDemuxer, type Published } from '../../../media/flv/demuxer.ts';
import type { Tag } from '../../../media/flv/tag.ts';
import type { Feed } from '../../packaging/feed.ts';
import type { Publishing } from '../door.ts';
import { type Publisher, reasonOf } from './publisher.ts';

/** How taking what is published came to an end. */
export type Ending =
  /** The publisher ended its stream. */
  | { readonly kind: 'ended' }
  /** The connection was lost, or what came on it can't be read. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** The channel wants no more of it. */
  | { readonly kind: 'sent-away'; readonly reason: string }
  /** What comes now is another stream, which `rest` goes on with. */
  | { readonly kind: 'changed'; readonly reason: string; readonly rest: Rest };

/** Where to go on after a break: with the tag that broke it. */
export type Rest = { readonly demuxer: FlvDemuxer; readonly tag: Tag | null };

export const beginning = (): Rest => ({ demuxer: new FlvDemuxer(), tag: null });

/** Hands a publisher's media to its channel until either has enough. */
export async function take(publisher: Publisher, publishing: Publishing, rest: Rest): Promise<Ending> {
  const { signal } = publishing;
  const stop = () => publisher.stop();
  signal.addEventListener('abort', stop);
  const taking = new Taking(publisher, rest, signal);
  await publishing.take(taking.feed());
  signal.removeEventListener('abort', stop);
  if (signal.aborted) return { kind: 'sent-away', reason: reasonFrom(signal) };
  return taking.ending ?? { kind: 'sent-away', reason: 'the channel takes no more' };
}

const reasonFrom = ({ reason }: AbortSignal) => (reason instanceof Error ? reason.message : 'it was stopped');

class Taking {
  readonly #publisher: Publisher;
  readonly #rest: Rest;
  readonly #signal: AbortSignal;
  /** Null while it is not over. */
  ending: Ending | null = null;

  constructor(publisher: Publisher, rest: Rest, signal: AbortSignal) {
    this.#publisher = publisher;
    this.#rest = rest;
    this.#signal = signal;
  }

  /** Reads the connection as fast as it is read itself. Throws when the publisher broke off or the stream changed. */
  async *feed(): Feed {
    let tag = this.#rest.tag;
    for (;;) {
      if (tag !== null) {
        for (const published of this.#demux(tag)) {
          if (published.kind === 'break') throw new Error(this.#change(published.reason, tag));
          yield published;
        }
      }
      tag = await this.#nextTag();
      if (this.ending?.kind === 'broken') throw new Error(this.ending.reason);
      if (tag === null) return;
    }
  }

  #change(reason: string, tag: Tag): string {
    this.ending = { kind: 'changed', reason, rest: { demuxer: this.#rest.demuxer.next(), tag } };
    return reason;
  }

  #demux(tag: Tag): readonly Published[] {
    try {
      return this.#rest.demuxer.push(tag);
    } catch (error) {
      throw new Error(this.#break(reasonOf(error)));
    }
  }

  /** Null when it is over; `ending` says how, unless it was sent away. */
  async #nextTag(): Promise<Tag | null> {
    if (this.#signal.aborted) return null;
    try {
      const request = await this.#publisher.next();
      if (request?.kind === 'tag') return request.tag;
      if (request?.kind === 'end') this.ending = { kind: 'ended' };
      else if (request?.kind === 'refused') this.#break(request.reason);
      else if (!this.#signal.aborted)
        this.#break('the publisher closed the connection without ending the stream');
    } catch (error) {
      this.#break(reasonOf(error));
    }
    return null;
  }

  #break(reason: string): string {
    this.ending = { kind: 'broken', reason };
    return reason;
  }
}
