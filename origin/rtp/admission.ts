import { type Request, type Response, respond } from '../../media/rtsp/message.ts';
import { PresentationId } from '../../wire/ids.ts';
import type { Address } from './address.ts';
import type { Gate } from './gate.ts';
import type { Session } from './session.ts';

/** Asks whether a player may; null when it may, else what it is answered. A session ends when the right to it does. */
export async function admit(
  { method, uri, headers }: Request,
  { presentation, token }: Address,
  address: string,
  gate: Gate,
  session?: Session,
): Promise<Response | null> {
  const id = PresentationId.safeParse(presentation);
  if (!id.success) return respond(404, {}, 'there is no such presentation');
  const authorization = headers.get('authorization') ?? null;
  const answer = await gate({ presentation: id.data, method, uri, authorization, token, address });
  switch (answer.kind) {
    case 'open':
      if (answer.ends !== undefined) session?.lastAsLongAs(answer.ends);
      return null;
    case 'challenge':
      return { ...respond(401), challenges: answer.wwwAuthenticate };
    case 'refused':
      return respond(answer.status, {}, answer.reason);
  }
}
