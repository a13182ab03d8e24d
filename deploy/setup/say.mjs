/** Set-up can't go on; the message is the whole sentence for the user. */
export class Stop extends Error {}

/**
 * One line to the user. It goes to standard error: standard output belongs to the script.
 * @param {string} sentence
 */
export function say(sentence) {
  process.stderr.write(`headwater: ${sentence}\n`);
}
