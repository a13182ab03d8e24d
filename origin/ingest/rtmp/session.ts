import type { Log } from '../../../runtime/log.ts';
import type { Admission, Admit, Claim, Publishing } from '../door.ts';
import { readClaim } from './claim.ts';
import { type Publisher, reasonOf } from './publisher.ts';
import { beginning, type Ending, type Rest, take } from './take.ts';

/** Each change costs the channel an epoch: a publisher has so many in a row that come sooner than `STEADY_MS`. */
const CHANGES_MAX = 3;
const STEADY_MS = 5_000;

/** What an address should look like, for those who got it wrong. It never repeats what was said: that may be a key. */
const NO_CLAIM =
  'the address names no channel: publish to rtmp://<host>/live/<id> with the stream key <id>?key=<key>';

export type SessionOptions = {
  readonly admit: Admit;
  readonly log: Log;
  readonly now: () => number;
  /** Told when it has been let in. */
  readonly onPublishing: () => void;
};

/** Serves one connection to its end: waits for it to publish, asks for admission, and hands its media on. */
export async function serve(publisher: Publisher, options: SessionOptions): Promise<void> {
  const { log } = options;
  const { address } = publisher;
  try {
    const request = await untilPublish(publisher);
    if (request === null) return;
    if (request.kind === 'refused') {
      log.warn({ door: 'rtmp', address }, `rtmp: ${address} was refused: ${request.reason}`);
      await publisher.end();
      return;
    }
    await publish(publisher, request, options);
  } catch (error) {
    log.warn({ door: 'rtmp', address }, `rtmp: ${address} was cut off: ${reasonOf(error)}`);
  } finally {
    publisher.destroy();
  }
}

type Refused = { readonly kind: 'refused'; readonly reason: string };
type Asked = { readonly kind: 'publish'; readonly app: string; readonly name: string };

async function untilPublish(publisher: Publisher): Promise<Asked | Refused | null> {
  for (;;) {
    const request = await publisher.next();
    if (request === null || request.kind === 'publish' || request.kind === 'refused') return request;
  }
}

async function publish(publisher: Publisher, { app, name }: Asked, options: SessionOptions): Promise<void> {
  const { address } = publisher;
  const said = readClaim(app, name);
  if (said === null) return refuse(publisher, { door: 'rtmp', address }, NO_CLAIM, options.log);
  const claim: Claim = { door: 'rtmp', ...said, address };
  const admission = options.admit(claim);
  if (admission.kind === 'refused') {
    // An id that no channel has is not logged: people put their key there.
    const known = admission.code === 'unknown-channel' ? { door: 'rtmp', address } : facts(claim);
    return refuse(publisher, known, admission.reason, options.log);
  }
  publisher.admit();
  options.onPublishing();
  options.log.info(facts(claim), `${claim.presentation}: ${address} publishes over RTMP`);
  const reason = await takeAll(publisher, claim, admission, options);
  options.log.info(
    { ...facts(claim), reason },
    `${claim.presentation}: ${address} publishes no more: ${reason}`,
  );
}

async function refuse(publisher: Publisher, known: object, reason: string, log: Log): Promise<void> {
  log.warn({ ...known, reason }, `rtmp: ${publisher.address} may not publish: ${reason}`);
  await publisher.dismiss(reason);
}

const facts = ({ door, presentation, address }: Claim) => ({ door, presentation, address });

/**
 * Takes stream after stream of a publisher, as long as it changes to another and the channel lets it: a new size or a
 * clock that jumped is a new epoch, not a lost encoder. Gives the reason why it is over.
 */
async function takeAll(
  publisher: Publisher,
  claim: Claim,
  first: Extract<Admission, { kind: 'admitted' }>,
  { admit, now, log }: SessionOptions,
): Promise<string> {
  let admission: Admission = first;
  let rest: Rest = beginning();
  let changes = 0;
  while (admission.kind === 'admitted') {
    const startedAt = now();
    const ending = await takeOne(publisher, admission.publishing, rest);
    changes = now() - startedAt >= STEADY_MS ? 1 : changes + 1;
    if (ending.kind !== 'changed' || changes > CHANGES_MAX) return close(publisher, ending);
    log.info(
      { ...facts(claim), reason: ending.reason },
      `${claim.presentation}: begins anew: ${ending.reason}`,
    );
    rest = ending.rest;
    admission = admit(claim);
  }
  await publisher.dismiss(admission.reason);
  return admission.reason;
}

async function takeOne(publisher: Publisher, publishing: Publishing, rest: Rest): Promise<Ending> {
  try {
    return await take(publisher, publishing, rest);
  } finally {
    publishing.release();
  }
}

/** Ends the connection as befits the ending; gives its reason. */
async function close(publisher: Publisher, ending: Ending): Promise<string> {
  if (ending.kind === 'ended') {
    await publisher.end();
    return 'it ended the stream';
  }
  await publisher.dismiss(ending.reason);
  return ending.reason;
}
