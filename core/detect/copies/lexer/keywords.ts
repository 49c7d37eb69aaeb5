import { hashWord } from './hash.ts';

/**
 * Words that renaming cannot touch: keywords, in one list because nothing here knows the language of a
 * text. One that is a plain name in another language (type, int, map, this) is left out: as an identifier
 * it counts in both.
 */
const KEYWORDS = `
and as assert async await break class continue def del elif else except finally for from global if
import in is lambda nonlocal not or pass raise return try while with yield None True False
function var let const new delete typeof instanceof void null undefined true false switch case default
do throw catch extends implements interface enum export static public private protected abstract
readonly namespace synchronized throws char double struct union typedef sizeof goto extern inline
unsigned signed template typename virtual noexcept constexpr nullptr using include define ifdef ifndef
endif pragma fn impl trait mut pub func then fi done esac unless until
`
  .trim()
  .split(/\s+/);

const SLOTS = 1024;

const table = makeTable();

function makeTable(): Uint32Array {
  const slots = new Uint32Array(SLOTS * 2);
  for (const word of new Set(KEYWORDS)) {
    const { high, low } = hashWord(Buffer.from(word));
    let slot = low & (SLOTS - 1);
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & (SLOTS - 1);
    slots[2 * slot] = high;
    slots[2 * slot + 1] = low;
  }
  return slots;
}

export function isKeyword(high: number, low: number): boolean {
  for (let slot = low & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const found = table[2 * slot + 1];
    if (found === 0) return false;
    if (found === low && table[2 * slot] === high) return true;
  }
}
