/** A session description that can't be. */
export class MalformedSdp extends Error {
  override readonly name = 'MalformedSdp';
}
