/**
 * How likely each letter follows another in words of documentation and source, against chance:
 * one row a first letter, `5` as likely as chance, each step a factor of two. Counted over the
 * documentation of a Debian system and the comments and names of common libraries.
 */
const FOLLOWS =
  '35652352504757050767443341' +
  '75547422642733630654611141' +
  '73436327506532730546521030' +
  '64458432722533630554532130' +
  '53664442312557343776243531' +
  '64456731700533730655601040' +
  '62338356602545540664521022' +
  '82238221703444720546502140' +
  '54655450113658640566140304' +
  '73447322624233752373724110' +
  '63348344732535541464524040' +
  '72358321702633630255530051' +
  '75248211702452660254510130' +
  '62666472614324530267441031' +
  '34553442424667550755645321' +
  '71437325603622650756502050' +
  '33232311400634213453943100' +
  '73558341704454640566432040' +
  '52537336604443552367623141' +
  '62437316702432640665423152' +
  '56545441502667350767110212' +
  '72429231701233520343211020' +
  '72447326703426630664212210' +
  '54657524610453472347321640' +
  '64546442512656570466434333' +
  '72249325701442630343412245';

/** Mean of the steps from letter to letter. Words score above 0.3, random letters about -1.5. */
function likeness(run: string): number {
  let sum = 0;
  for (let i = 1; i < run.length; i++) {
    const row = run.charCodeAt(i - 1) - 97;
    sum += FOLLOWS.charCodeAt(row * 26 + run.charCodeAt(i) - 97) - 53;
  }
  return sum / (run.length - 1);
}

/**
 * The share of characters that stand in runs of letters that read like words, split where the case
 * changes: about 0.1 for random base62, 0.7 and more for `Gemma3ForConditionalGeneration`.
 */
export function wordiness(text: string): number {
  let inWords = 0;
  for (const [run] of text.matchAll(/[A-Z]?[a-z]+|[A-Z]+/g)) {
    const enough = run.length >= 5 ? 0.1 : run.length === 4 ? 0.3 : 0.5;
    if (run.length >= 3 && likeness(run.toLowerCase()) >= enough) inWords += run.length;
  }
  return text.length === 0 ? 0 : inWords / text.length;
}
