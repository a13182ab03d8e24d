import { Failure } from '../../runtime/failure.ts';
import { readIfThere } from '../../runtime/files.ts';
import { Programme } from '../../wire/programme.ts';

/** Reads what an origin is to present; nothing when no file is named. Throws Failure `bad-programme`. */
export async function readProgramme(path: string | null): Promise<Programme> {
  if (path === null) return { presentations: [] };
  const bytes = await readIfThere(path);
  if (bytes === null) throw bad(`there is no programme at ${path}`);
  const parsed = Programme.safeParse(parseJson(path, bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw bad(`the programme ${path} is wrong at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? '?'}`);
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw bad(`the programme ${path} is not JSON`);
  }
}

const bad = (problem: string) =>
  new Failure(
    'bad-programme',
    problem,
    'Mend it, or name another with --programme or HEADWATER_ORIGIN_PROGRAMME',
  );
