/** Something that a person has to know, as one sentence, and whether trying again may help. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly isPassing: boolean;

  constructor(sentence: string, isPassing: boolean) {
    super(sentence);
    this.isPassing = isPassing;
  }
}

/** Why the origin refuses, by its status (RFC 9725 §4.2) and its own words. */
export function refusal(status: number, words: string): Trouble {
  const said = words.trim().split('\n')[0] ?? '';
  switch (status) {
    case 401:
    case 403:
      return new Trouble('The key was not accepted. Look for a missing or an extra character.', false);
    case 404:
      return new Trouble('There is no such channel. Look at how its name is written.', false);
    case 409:
      return new Trouble(`The channel can not be published to now: ${said}.`, true);
    default:
      return new Trouble(`The origin refused with status ${status}: ${said}.`, status >= 500);
  }
}

/** Why a browser gives no camera, microphone or screen, by the name of its error (W3C MEDIACAPTURE-STREAMS §10). */
export function captureTrouble(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
      return new Trouble('The browser was not allowed to. Allow it beside the address of this page.', false);
    case 'NotFoundError':
      return new Trouble('There is no such camera or microphone.', false);
    case 'NotReadableError':
      return new Trouble('The camera or microphone is used by another program.', false);
    default:
      return new Trouble(
        `The browser can not: ${error instanceof Error ? error.message : String(error)}`,
        false,
      );
  }
}
