const WORDS =
  'example placeholder changeme changeit change_me change-me dummy redacted your_ your- yourkey ' +
  'yourtoken yoursecret yourapi mysecret mytoken mykey mypass my_secret my-secret my_token my-token my_key my-key my_pass my-pass my_api my-api my_super my-super insert_ insert- replace foobar ' +
  'xxxx todo fixme sample notareal not_a_real not-a-real fake mock testing test_ test- secret_key ' +
  'secretkey secret_token secrettoken hunter2 correct-horse correcthorse abc123 abc_123 abc-123 ' +
  'deadbeef cafebabe lorem ipsum';

const capital = (word: string) => word.replace(/^./, (letter) => letter.toUpperCase());

/**
 * Words that people write where a credential would stand, in one case throughout: in any mix of
 * cases, one drawn token in a hundred would hold one by chance.
 */
const STAND_INS = new RegExp(
  WORDS.split(' ')
    .flatMap((word) => [word, word.toUpperCase(), capital(word)])
    .join('|'),
);

/** The tokens of RFC 6749, 6750 and 7617, which documentation of every client repeats. */
const PUBLISHED =
  /2YotnFZFEjr1zCsicMWpAA|tGzv3JOkF0XG5Qx2TlKWIA|mF_9\.B5f-4\.1JqM|czZCaGRSa3F0MzpnWDFmQmF0M2JW|QWxhZGRpbjpvcGVuIHNlc2FtZQ/i;

/** Text that a program fills in: `${VAR}`, `{{ x }}`, `<token>`, `%s`, `$(cmd)`, `...`, `***`. */
const TEMPLATE = /[<>{}]|\$\(|\$[A-Za-z_]|^%|%[sd]|\.\.\.|\*{3}|…|•/;

/** A character many times, or a walk up or down the alphabet or the keyboard. */
function isWalk(text: string): boolean {
  let same = 1;
  let up = 1;
  let down = 1;
  for (let i = 1; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
    same = step === 0 ? same + 1 : 1;
    up = step === 1 ? up + 1 : 1;
    down = step === -1 ? down + 1 : 1;
    if (same >= 7 || up >= 8 || down >= 8) return true;
  }
  return /qwerty|asdfgh|zxcvbn|1234567890/i.test(text);
}

/** One short piece over and over: `abc123abc123abc123`. */
function isRepeated(text: string): boolean {
  for (let unit = 1; unit <= 10 && unit * 3 <= text.length; unit++) {
    let i = unit;
    while (i < text.length && text[i] === text[i - unit]) i++;
    if (i === text.length) return true;
  }
  return false;
}

/** Whether the text only stands for a credential. `secret`: the part that is not public prefix. */
export function isPlaceholder(secret: string, stopwords: readonly string[] = []): boolean {
  if (TEMPLATE.test(secret) || STAND_INS.test(secret) || PUBLISHED.test(secret)) return true;
  if (isWalk(secret) || isRepeated(secret)) return true;
  const lower = secret.toLowerCase();
  return stopwords.some((word) => lower.includes(word));
}
