import type { Rule } from '../rule.ts';
import { anthropicApiKey } from './anthropic-api-key.ts';
import { awsAccessKey } from './aws-access-key.ts';
import { awsSecretKey } from './aws-secret-key.ts';
import { githubFineGrainedToken } from './github-fine-grained-token.ts';
import { githubToken } from './github-token.ts';
import { gitlabToken } from './gitlab-token.ts';
import { googleApiKey } from './google-api-key.ts';
import { huggingfaceToken } from './huggingface-token.ts';
import { npmToken } from './npm-token.ts';
import { openaiApiKey } from './openai-api-key.ts';
import { slackToken } from './slack-token.ts';
import { stripeKey } from './stripe-key.ts';

/** Every rule Cordon ships, by id. */
export const rules: readonly Rule[] = [
  anthropicApiKey,
  awsAccessKey,
  awsSecretKey,
  githubFineGrainedToken,
  githubToken,
  gitlabToken,
  googleApiKey,
  huggingfaceToken,
  npmToken,
  openaiApiKey,
  slackToken,
  stripeKey,
];
