/** Bytes that are not RTMP; `where` names the part. The connection that they came on is of no use afterwards. */
export class MalformedRtmp extends Error {
  override readonly name = 'MalformedRtmp';
  readonly where: string;

  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.where = where;
  }
}
