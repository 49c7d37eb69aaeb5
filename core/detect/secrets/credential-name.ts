/**
 * Names that hold a word such as `token` or `key` and no credential: counts, kinds, places, public
 * halves, and what machine learning calls tokens and keys.
 */
const NO_CREDENTIAL =
  /(?:iz(?:er|ation)|count|name|type|path|file|dir|url|uri|endpoint|ref|hash|digest|checksum|sha\d*|len|length|size|limit|field|column|env|expir|ttl|arn|header|regex|pattern|format|version|label|class|hint|public|pub_?key|cache|sort|primary|foreign|partition|index|mask|special|bos|eos|pad|unk|sep|cls|pos|csrf|xsrf|next|page|cursor|continuation|sync|cancell?ation|max|min|num|per|position|padding|attn|attention|test|mock|fake|dummy|example|sample|site_?key|i18n|translation|message|title|text|color|style|query|prompt|vocab|embed)/i;

/** Whether a name such as `OPENAI_API_KEY`, given in full, is one for a credential. */
export function namesCredential(name: string): boolean {
  return !NO_CREDENTIAL.test(name);
}

const DATA =
  /^(?:sha(?:1|256|384|512)[-:]|md5[-:]|[0-9a-f]{8}-[0-9a-f]{4}-|\d+$|v?\d+\.\d+|https?:|data:|arn:|urn:|\/|\.\/|[A-Za-z]:\\)/i;

/** Whether a value could be a digest, an object id, a test vector: hexadecimal digits alone. */
export function isDigest(value: string): boolean {
  return /^[0-9a-f]+$/i.test(value);
}

/** Whether a name can only be one of a key: `secret` and `token` are kept beside digests of one. */
export function namesKey(name: string): boolean {
  return /(?:api|access|auth|client|bot|service|admin|deploy|write|ingest)[_-]?(?:key|token|secret)|[_-]key|secret_?key/i.test(
    name,
  );
}

/** Whether a value is an identifier, a version or a path: what names look at, not keep. */
export function isData(value: string): boolean {
  return DATA.test(value);
}
