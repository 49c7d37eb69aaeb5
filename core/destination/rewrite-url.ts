/** A configured URL as git turns it into the one it uses. */
export interface Rewrites {
  readonly entries: readonly { readonly key: string; readonly value: string | undefined }[];
}

/**
 * Applies `url.BASE.insteadOf`, and for a push `url.BASE.pushInsteadOf` first: the longest prefix
 * wins. An explicit `pushurl` is rewritten by insteadOf alone. Source: git-config(1), url.*.
 */
export function rewriteUrl(
  url: string,
  config: Rewrites,
  way: 'fetch' | 'push' | 'pushurl',
): string {
  const pushed = way === 'push' ? rewrite(url, config, 'pushinsteadof') : undefined;
  return pushed ?? rewrite(url, config, 'insteadof') ?? url;
}

function rewrite(url: string, { entries }: Rewrites, variable: string): string | undefined {
  let best: { readonly prefix: string; readonly base: string } | undefined;
  for (const { key, value } of entries) {
    if (value === undefined || !key.startsWith('url.') || !key.endsWith(`.${variable}`)) continue;
    if (!url.startsWith(value) || value.length <= (best?.prefix.length ?? -1)) continue;
    best = { prefix: value, base: key.slice(4, -(variable.length + 1)) };
  }
  return best && best.base + url.slice(best.prefix.length);
}
