import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const azureOpenaiKey: Rule = {
  id: 'azure-openai-key',
  provider: 'Microsoft Azure',
  page: 'https://learn.microsoft.com/en-us/azure/ai-services/openai/reference',
  rank: 'named',
  keywords: [
    'azure_openai',
    'azureopenai',
    'openai_api_key',
    'ocp-apim-subscription-key',
    'azure_api_key',
    'cognitive',
  ],
  before: 0,
  after: 182,
  pattern: assigned(
    'azure_?(?:openai|api)|openai_api_key|ocp-apim-subscription-key|cognitive',
    '[0-9a-f]{32}',
  ),
  charset: 'hex',
  min: 32,
  max: 32,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
