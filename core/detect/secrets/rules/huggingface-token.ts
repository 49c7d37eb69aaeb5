import type { Rule } from '../rule.ts';

/**
 * The end of a symbol of Rust's legacy mangling: `hf_hub` is a crate, and executables with symbols name
 * what is in it as `hf_hub5Cache5token17h…E`. It counts where it begins inside of the value: what is
 * glued to the end of a token hides none.
 */
const RUST_HASH = /17h[0-9a-f]{16}E/;

/** 34 letters and digits. Many published tokens hold no digit, so none is asked for. */
export const huggingfaceToken: Rule = {
  id: 'huggingface-token',
  provider: 'Hugging Face',
  page: 'https://huggingface.co/docs/hub/security-tokens',
  rank: 'token',
  keywords: ['hf_', 'api_org_'],
  before: 0,
  after: 64,
  pattern: /(?:hf_|api_org_)[A-Za-z0-9]{34}/,
  charset: 'word',
  min: 37,
  max: 42,
  boundary: 'left',
  randomness: 'alnum',
  inspect: ({ text, start, value }) => {
    const hash = text.slice(start).search(RUST_HASH);
    return hash >= 0 && hash < value.length ? undefined : {};
  },
  severity: 'block',
  prefix: /^(?:hf_|api_org_)/,
};
