// Makes the bundles: one command for hooks and people, one VS Code extension. Everything is inside them.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

await build({
  ...shared,
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
});

// What editors complete a policy by; cordon init lays it beside the policy.
writeFileSync('dist/policy.schema.json', policyJsonSchema());

// husky's installer copies this file from beside itself.
cpSync('node_modules/husky/husky', 'dist/chunks/husky');
