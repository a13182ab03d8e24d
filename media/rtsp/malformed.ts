/** What was received is not RTSP, or larger than is taken. `status` is what to answer before closing. */
export class MalformedRtsp extends Error {
  override readonly name = 'MalformedRtsp';
  readonly status: number;

  constructor(status: number, problem: string) {
    super(problem);
    this.status = status;
  }
}
