import { NotWellFormed, parse } from './document.ts';
import { type Manifest, read } from './manifest.ts';
import { RULES } from './rules.ts';
import { violations } from './schema.ts';

/** A manifest and all that is wrong with it; null where it is no XML. */
export type Checked = { readonly manifest: Manifest | null; readonly problems: readonly string[] };

/** Checks a manifest against the schema and the rules that Headwater's manifests come under. */
export function check(text: string): Checked {
  try {
    const node = parse(text);
    const manifest = read(node);
    const broken = Object.entries(RULES).flatMap(([name, rule]) =>
      rule(manifest).map((problem) => `${name}: ${problem}`),
    );
    return { manifest, problems: [...violations(node).map((problem) => `schema: ${problem}`), ...broken] };
  } catch (error) {
    if (error instanceof NotWellFormed)
      return { manifest: null, problems: [`not well formed: ${error.message}`] };
    throw error;
  }
}
