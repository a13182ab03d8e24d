import { Failure } from '../../runtime/failure.ts';

/** Throws Failure unless two servers give the same status, body and media headers under a path. */
export async function sameAnswer(path: string, one: string, other: string): Promise<void> {
  const answers = await Promise.all([one, other].map((url) => ask(url + path)));
  const [first, second] = answers;
  if (first?.status === 200 && JSON.stringify(first) === JSON.stringify(second)) return;
  throw new Failure(
    'child-failed',
    `${path} is not the same at both: ${JSON.stringify(answers)}`,
    'A bench of different answers says nothing: make them equal first',
  );
}

async function ask(url: string) {
  // The load asks for no coding, and a server that is not ours has none.
  const response = await fetch(url, { headers: { 'Accept-Encoding': 'identity' } });
  const hash = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  const header = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    sha256: Buffer.from(hash).toString('hex'),
    length: header('Content-Length'),
    type: header('Content-Type'),
    cache: header('Cache-Control'),
    ranges: header('Accept-Ranges'),
    origin: header('Access-Control-Allow-Origin'),
  };
}
