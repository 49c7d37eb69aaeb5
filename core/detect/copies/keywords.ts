import { hashWord } from './hash.ts';

/**
 * Words that renaming cannot touch: the keywords of the languages that code is written in, in one list,
 * because nothing here knows the language of a text.
 */
const KEYWORDS = `
and as assert async await break class continue def del elif else except finally for from global if
import in is lambda nonlocal not or pass raise return try while with yield match case None True False
function var let const new delete typeof instanceof this super void null undefined true false switch
default do throw catch extends implements interface enum export static get set of public private
protected abstract readonly declare namespace type package final synchronized throws transient volatile
native strictfp int long short char float double boolean bool byte unsigned signed struct union typedef
sizeof goto extern register inline restrict auto template typename operator virtual override explicit
friend mutable noexcept constexpr decltype nullptr using include define ifdef ifndef endif pragma
fn impl trait mod pub use crate self Self where mut ref move loop unsafe dyn func go chan defer select
map range fallthrough end begin then fi done esac elsif unless until module require rescue ensure
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
