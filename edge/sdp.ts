import type { Presentation } from '../wire/presentation.ts';
import type { Found } from './found.ts';
import { storeText } from './stored.ts';

/** As long as playlists of what is live: an address is described anew with each encoder of other formats. */
const MAX_AGE_SECONDS = 1;

/** What is sent over RTP to the address with this index of those that a channel names (RFC 8866 §8.1). */
export function findSdp({ id, sdps = [] }: Presentation, index: number): Found {
  const sdp = sdps[index];
  if (sdp === undefined) return { kind: 'absent', problem: problemOf(id, index) };
  if (sdp === '') return { kind: 'too-early', problem: `nothing is sent of '${id}' now` };
  return {
    kind: 'stored',
    stored: storeText(sdp, tagOf(sdp), 'application/sdp', `public, max-age=${MAX_AGE_SECONDS}`),
  };
}

const problemOf = (id: string, index: number) =>
  index === 0
    ? `'${id}' is sent to no address: give it an output such as rtp://239.0.0.1:5004`
    : `'${id}' is not sent to so many addresses`;

/** Each description has another number in its `o=` line. */
const tagOf = (sdp: string) => `sdp-${/^o=\S+ (\d+)/m.exec(sdp)?.[1] ?? sdp.length}`;
