/** Media that is not FLV, or of a kind that is not taken. The message is for the publisher and the log. */
export class MalformedFlv extends Error {
  override readonly name = 'MalformedFlv';
}
