import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from './failure.ts';
import { readIfThere, writeWhole } from './files.ts';

const Secrets = z.object({
  /** Opens the portal and the API (`Authorization: Bearer …`). */
  adminToken: z.string().min(16),
  /** Sign playback tokens: the first is in use, the second takes its place one day. */
  tokenKeys: z.array(z.string().min(32)).min(1).readonly(),
});
export type Secrets = Readonly<z.infer<typeof Secrets>>;

/** Those of an earlier version have no keys. */
const Kept = Secrets.partial({ tokenKeys: true });

const TOKEN_BYTES = 24;
const KEY_BYTES = 32;

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
  const before = kept && parse(path, kept);
  if (before?.tokenKeys) return { secrets: { ...before, tokenKeys: before.tokenKeys }, fresh: false };
  const secrets = { adminToken: before?.adminToken ?? random(TOKEN_BYTES), tokenKeys: newTokenKeys() };
  await write(path, secrets);
  return { secrets, fresh: before === null };
}

const random = (bytes: number) => randomBytes(bytes).toString('base64url');

/** Two: see docs/architecture.md on how they change. */
export const newTokenKeys = (): readonly string[] => [random(KEY_BYTES), random(KEY_BYTES)];

async function write(path: string, secrets: Secrets): Promise<void> {
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
}

function parse(path: string, bytes: Uint8Array): z.infer<typeof Kept> {
  try {
    return Kept.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new Failure(
      'storage-unusable',
      `${path} is not a file of secrets`,
      'Delete it, and new ones are made',
    );
  }
}
