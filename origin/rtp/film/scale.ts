/** Between these all pictures are shown, in slow or quick motion; beyond them key frames alone. */
const SLOWEST = 0.5;
const QUICKEST = 2;

/** Key frames that are 2 s apart come 8 times a second then. */
const FASTEST = 16;

/**
 * The scale that is played with when one is asked for (RFC 2326 §12.34, RFC 7826 §18.46): "the server should
 * approximate". Backward goes by key frames alone, at 1 at the least. Sound alone is played as it is.
 */
export function chooseScale(asked: number, hasPictures: boolean): number {
  if (!hasPictures || asked === 0) return 1;
  if (asked < 0) return Math.max(-FASTEST, Math.min(asked, -1));
  return Math.min(FASTEST, Math.max(SLOWEST, asked));
}

/** Whether only key frames are sent at a scale. */
export const isByKeys = (scale: number): boolean => scale < 0 || scale > QUICKEST;

/** As RTSP 2.0 says which scales there are (RFC 7826 §18.29). */
export const SCALES = `-${FASTEST}:-1, ${SLOWEST}:${FASTEST}`;
