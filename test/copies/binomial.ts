/** The exact (Clopper and Pearson) upper bound, one-sided, of a rate seen `hits` times in `trials`. */
export function upperBound(hits: number, trials: number, confidence = 0.95): number {
  if (hits >= trials) return 1;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (atMost(hits, trials, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of at most `hits` in `trials`. */
function atMost(hits: number, trials: number, rate: number): number {
  if (rate === 0) return 1;
  let term = trials * Math.log1p(-rate);
  let sum = Math.exp(term);
  for (let k = 1; k <= hits; k++) {
    term += Math.log((trials - k + 1) / k) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(term);
  }
  return sum;
}
