import { isYes, number, text } from './attributes.ts';
import type { Line, Problem, Tag } from './lines.ts';
import { byteRange, type OpenSegment, type Part, type Segment } from './segment.ts';

/** Gathers tags and URI lines into segments, in the order of the playlist. */
export class Segmenter {
  readonly segments: Segment[] = [];
  readonly problems: Problem[] = [];
  #number: number;
  #discontinuitySequence: number;
  #tags: Tag[] = [];
  #map: Segment['map'] = null;
  #keys: readonly Tag[] = [];

  constructor(number: number, discontinuitySequence: number) {
    this.#number = number;
    this.#discontinuitySequence = discontinuitySequence;
  }

  push(line: Line): void {
    if (line.kind === 'uri') this.#close(line.uri, line.at);
    else if (line.place === 'segment') this.#apply(line);
  }

  /** What stands behind the last URI line. */
  get open(): OpenSegment {
    return {
      number: this.#number,
      discontinuitySequence: this.#discontinuitySequence,
      map: this.#map,
      keys: this.#keys.map(({ value }) => value),
      dateTime: dateTimeOf(this.#tags),
      discontinuity: this.#has('EXT-X-DISCONTINUITY'),
      parts: this.#tags.filter(({ name }) => name === 'EXT-X-PART').map(partOf),
      tags: this.#tags,
    };
  }

  #apply(tag: Tag): void {
    this.#tags.push(tag);
    if (tag.name === 'EXT-X-DISCONTINUITY') this.#discontinuitySequence += 1;
    if (tag.name === 'EXT-X-MAP') this.#map = mapOf(tag);
    if (tag.name === 'EXT-X-KEY') this.#keys = keysAfter(this.#keys, tag);
  }

  #close(uri: string, at: number): void {
    const extinf = this.#value('EXTINF');
    if (extinf === null) this.problems.push({ fault: 'uri-line', text: `line ${at}: ${uri} has no EXTINF` });
    const range = this.#value('EXT-X-BYTERANGE');
    this.segments.push({
      ...this.open,
      uri,
      duration: Number.parseFloat(extinf ?? '0'),
      range: range === null ? null : byteRange(range),
      gap: this.#has('EXT-X-GAP'),
    });
    this.#tags = [];
    this.#number += 1;
  }

  #value = (name: string) => this.#tags.find((tag) => tag.name === name)?.value ?? null;
  #has = (name: string) => this.#tags.some((tag) => tag.name === name);
}

const dateTimeOf = (tags: readonly Tag[]): number | null => {
  const value = tags.find(({ name }) => name === 'EXT-X-PROGRAM-DATE-TIME')?.value;
  return value === undefined ? null : Date.parse(value);
};

const mapOf = ({ attributes }: Tag): Segment['map'] => {
  const range = text(attributes, 'BYTERANGE');
  return { uri: text(attributes, 'URI') ?? '', range: range === null ? null : byteRange(range) };
};

/** A key replaces that of its format; METHOD=NONE ends all (§4.4.4.4). */
function keysAfter(keys: readonly Tag[], key: Tag): readonly Tag[] {
  if (text(key.attributes, 'METHOD') === 'NONE') return [];
  const format = text(key.attributes, 'KEYFORMAT') ?? 'identity';
  return [...keys.filter(({ attributes }) => (text(attributes, 'KEYFORMAT') ?? 'identity') !== format), key];
}

function partOf(tag: Tag): Part {
  const { attributes } = tag;
  const range = text(attributes, 'BYTERANGE');
  return {
    uri: text(attributes, 'URI') ?? '',
    duration: number(attributes, 'DURATION') ?? 0,
    independent: isYes(attributes, 'INDEPENDENT'),
    gap: isYes(attributes, 'GAP'),
    range: range === null ? null : byteRange(range),
    tag,
  };
}
