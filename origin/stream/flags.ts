/**
 * What a person types as the flags that are read: a film without a flag, and `--loop` without a value.
 * `film.mp4 --loop` is `--film film.mp4 --loop yes`.
 */
export function flagsOf(args: readonly string[]): string[] {
  const flags: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [flag = '', next] = [args[at], args[at + 1]];
    if (!flag.startsWith('-')) flags.push('--film', flag);
    else if (SWITCHES.includes(flag) && next !== 'yes' && next !== 'no') flags.push(flag, 'yes');
    else if (flag.includes('=') || next === undefined || ALONE.includes(flag)) flags.push(flag);
    else {
      flags.push(flag, next);
      at += 1;
    }
  }
  return flags;
}

const SWITCHES: readonly string[] = ['--loop', '--encode'];
const ALONE: readonly string[] = ['--help', '-h'];
