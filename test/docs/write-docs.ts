import { writeFileSync } from 'node:fs';
import { policyPage } from './policy-page.ts';

writeFileSync('docs/policy.md', policyPage());
