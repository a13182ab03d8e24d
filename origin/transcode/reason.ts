/** The words of ffmpeg that say best why it stopped: its last line, without the part that names an object. */
export function reasonFrom(errors: readonly string[], otherwise: string): string {
  const last = errors.findLast((line) => line.trim() !== '');
  return last?.replace(/^\[[^\]]*\]\s*/, '').trim() || otherwise;
}
