import { createDecipheriv } from 'node:crypto';

// rclone hides passwords from a glance with a key that stands in its source (fs/config/obscure).
const OBSCURED_WITH = '9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638';

/** The password behind an obscured one; undefined where it does not decode to visible text. */
export function revealRclonePassword(obscured: string): string | undefined {
  const bytes = Buffer.from(obscured, 'base64url');
  if (bytes.length < 16 + 6) return undefined;
  const decipher = createDecipheriv(
    'aes-256-ctr',
    Buffer.from(OBSCURED_WITH, 'hex'),
    bytes.subarray(0, 16),
  );
  const password = decipher.update(bytes.subarray(16)).toString('latin1');
  return /^[\x20-\x7e]+$/.test(password) ? password : undefined;
}
