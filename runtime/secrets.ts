import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from './failure.ts';
import { readIfThere, writeWhole } from './files.ts';

const Secrets = z.object({
  /** Opens the portal and the API (`Authorization: Bearer …`). */
  adminToken: z.string().min(16),
});
export type Secrets = Readonly<z.infer<typeof Secrets>>;

const TOKEN_BYTES = 24;

/**
 * The secrets kept in a data folder, made at the first start; `fresh` says that this was it, so that they
 * can be shown once. Throws Failure `storage-unusable`.
 */
export async function openSecrets(
  dataFolder: string,
): Promise<{ readonly secrets: Secrets; readonly fresh: boolean }> {
  const path = join(dataFolder, 'secrets.json');
  const kept = await readIfThere(path).catch((error: Error) => {
    throw new Failure(
      'storage-unusable',
      `cannot read ${path} (${error.message})`,
      'Make it readable for this user',
    );
  });
  if (kept) return { secrets: parse(path, kept), fresh: false };
  const secrets = { adminToken: randomBytes(TOKEN_BYTES).toString('base64url') };
  try {
    await writeWhole(path, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'storage-unusable',
      `cannot write ${path} (${problem})`,
      'Name a writable folder in HEADWATER_DATA',
    );
  }
  return { secrets, fresh: true };
}

function parse(path: string, bytes: Uint8Array): Secrets {
  try {
    return Secrets.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new Failure(
      'storage-unusable',
      `${path} is not a file of secrets`,
      'Delete it, and new ones are made',
    );
  }
}
