import type { Rule } from '../rule.ts';

export const awsBedrockApiKey: Rule = {
  id: 'aws-bedrock-api-key',
  provider: 'Amazon Web Services',
  page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock.html',
  rank: 'token',
  keywords: ['ABSK', 'bedrock-api-key-'],
  before: 0,
  after: 4044,
  pattern: /(?:ABSK[A-Za-z0-9+/]{80,280}={0,2}|bedrock-api-key-[A-Za-z0-9+/=]{80,4000})/,
  charset: 'wide',
  min: 84,
  max: 4020,
  randomness: 'none',
  inspect: ({ value }) => {
    // The long one is `BedrockAPIKey-…:secret`, the short one a pre-signed URL, both in base64.
    const body = value.startsWith('ABSK') ? value.slice(4) : value.slice('bedrock-api-key-'.length);
    return /^BedrockAPIKey-|^bedrock\.amazonaws\.com/.test(
      Buffer.from(body, 'base64').toString('latin1'),
    )
      ? {}
      : undefined;
  },
  severity: 'block',
  prefix: /^(?:ABSK|bedrock-api-key-)/,
};
