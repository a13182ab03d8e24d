import { type Request, type Response, respond } from '../../../media/rtsp/message.ts';
import type { PresentationId } from '../../../wire/ids.ts';
import type { Gate } from '../gate/gate.ts';
import type { Address } from './address.ts';
import type { Session } from './session.ts';

type Admitting = {
  readonly gate: Gate;
  /** The player's. */
  readonly address: string;
  /** Ends when what let it in is good no more. */
  readonly session: Session | null;
};

/** Asks whether a player may; null when it may, else what it is answered. */
export async function admit(
  { method, uri, headers }: Request,
  presentation: PresentationId,
  { token }: Address,
  { gate, address, session }: Admitting,
): Promise<Response | null> {
  const authorization = headers.get('authorization') ?? null;
  const answer = await gate({ presentation, method, uri, authorization, token, address });
  switch (answer.kind) {
    case 'open':
      if (answer.ends !== undefined) session?.heed(answer.ends);
      return null;
    case 'challenge':
      return { ...respond(401), challenges: answer.wwwAuthenticate };
    case 'refused':
      return respond(403, {}, answer.reason);
  }
}
