// Makes the bundles: one command for hooks and people, one VS Code extension. Everything is inside them.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build, type BuildOptions } from 'esbuild';
import { policyJsonSchema } from './core/policy/schema.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
// Chunks carry a hash in their names: without this, old ones pile up and are shipped.
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/chunks', { recursive: true });

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  define: { CORDON_VERSION: JSON.stringify(version) },
  // yaml's node entry is CommonJS and asks for "process" by require, which an ESM bundle has not.
  alias: { yaml: './node_modules/yaml/browser/dist/index.js' },
};

const { metafile } = await build({
  ...shared,
  metafile: true,
  entryPoints: { cordon: 'hooks/main.ts' },
  format: 'esm',
  splitting: true,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // simple-git brings CommonJS parts that ask for node's own modules by require.
  banner: {
    js: "import{createRequire as __cordonRequire}from'node:module';const require=__cordonRequire(import.meta.url);",
  },
});

await build({
  ...shared,
  entryPoints: ['extension/extension.ts'],
  format: 'cjs',
  external: ['vscode'],
  outfile: 'dist/extension.cjs',
  // CommonJS has no import.meta; data that is shipped is looked for beside the bundle.
  define: { ...shared.define, 'import.meta.url': '__cordonUrl' },
  banner: { js: "const __cordonUrl=require('node:url').pathToFileURL(__filename).href;" },
});

// What editors complete a policy by; cordon init lays it beside the policy.
writeFileSync('dist/policy.schema.json', policyJsonSchema());

// What is known of public code: read by core/detect/copies/background/shipped.ts.
for (const name of ['public-words.bin', 'public-grams.bin'])
  cpSync(`core/detect/copies/background/${name}`, `dist/${name}`);

// husky's installer copies this file from beside itself.
cpSync('node_modules/husky/husky', 'dist/chunks/husky');

// What is bundled is redistributed, and its licences ask to be kept with it.
const bundled = new Set(
  Object.keys(metafile.inputs).flatMap(
    (input) => /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  ),
);
const notices = [...bundled].sort().map((folder) => {
  const licence = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (licence === undefined) throw new Error(`${folder} is bundled and has no licence file`);
  return `${folder.replace('node_modules/', '')}\n\n${readFileSync(`${folder}/${licence}`, 'utf8').trim()}\n`;
});
writeFileSync('dist/LICENSES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
