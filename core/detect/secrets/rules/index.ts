import type { Rule } from '../rule.ts';
import { ageIdentity } from './age-identity.ts';
import { alibabaAccessKey } from './alibaba-access-key.ts';
import { anthropicApiKey } from './anthropic-api-key.ts';
import { anyscaleToken } from './anyscale-token.ts';
import { assemblyaiApiKey } from './assemblyai-api-key.ts';
import { atlassianApiToken } from './atlassian-api-token.ts';
import { awsAccessKey } from './aws-access-key.ts';
import { awsBedrockApiKey } from './aws-bedrock-api-key.ts';
import { awsSecretKey } from './aws-secret-key.ts';
import { azureIdentifiableKey } from './azure-identifiable-key.ts';
import { azureOpenaiKey } from './azure-openai-key.ts';
import { azureSas } from './azure-sas.ts';
import { azureStorageKey } from './azure-storage-key.ts';
import { baiduApiKey } from './baidu-api-key.ts';
import { cerebrasApiKey } from './cerebras-api-key.ts';
import { cohereApiKey } from './cohere-api-key.ts';
import { cometApiKey } from './comet-api-key.ts';
import { connectionStringPassword } from './connection-string-password.ts';
import { databricksToken } from './databricks-token.ts';
import { digitaloceanToken } from './digitalocean-token.ts';
import { dingtalkSignSecret } from './dingtalk-sign-secret.ts';
import { dingtalkWebhook } from './dingtalk-webhook.ts';
import { discordWebhook } from './discord-webhook.ts';
import { dockerConfigAuth } from './docker-config-auth.ts';
import { dockerToken } from './docker-token.ts';
import { dopplerToken } from './doppler-token.ts';
import { elevenlabsApiKey } from './elevenlabs-api-key.ts';
import { entraClientSecret } from './entra-client-secret.ts';
import { feishuWebhook } from './feishu-webhook.ts';
import { fireworksApiKey } from './fireworks-api-key.ts';
import { genericPassword } from './generic-password.ts';
import { genericSecret } from './generic-secret.ts';
import { giteeToken } from './gitee-token.ts';
import { githubFineGrainedToken } from './github-fine-grained-token.ts';
import { githubToken } from './github-token.ts';
import { gitlabToken } from './gitlab-token.ts';
import { googleApiKey } from './google-api-key.ts';
import { googleOauthSecret } from './google-oauth-secret.ts';
import { googleServiceAccount } from './google-service-account.ts';
import { grafanaToken } from './grafana-token.ts';
import { groqApiKey } from './groq-api-key.ts';
import { httpBasicAuth } from './http-basic-auth.ts';
import { huggingfaceOauthToken } from './huggingface-oauth-token.ts';
import { huggingfaceToken } from './huggingface-token.ts';
import { jinaApiKey } from './jina-api-key.ts';
import { jwt } from './jwt.ts';
import { kaggleJson } from './kaggle-json.ts';
import { kaggleToken } from './kaggle-token.ts';
import { kubeconfigClientKey } from './kubeconfig-client-key.ts';
import { kubernetesServiceAccountToken } from './kubernetes-service-account-token.ts';
import { lambdaCloudKey } from './lambda-cloud-key.ts';
import { langfuseSecretKey } from './langfuse-secret-key.ts';
import { langsmithApiKey } from './langsmith-api-key.ts';
import { linearApiKey } from './linear-api-key.ts';
import { mailgunApiKey } from './mailgun-api-key.ts';
import { minimaxApiKey } from './minimax-api-key.ts';
import { mistralApiKey } from './mistral-api-key.ts';
import { modalToken } from './modal-token.ts';
import { modelscopeToken } from './modelscope-token.ts';
import { netrcPassword } from './netrc-password.ts';
import { newRelicKey } from './new-relic-key.ts';
import { notionToken } from './notion-token.ts';
import { npmToken } from './npm-token.ts';
import { npmrcAuth } from './npmrc-auth.ts';
import { nvidiaApiKey } from './nvidia-api-key.ts';
import { openaiApiKey } from './openai-api-key.ts';
import { openrouterApiKey } from './openrouter-api-key.ts';
import { perplexityApiKey } from './perplexity-api-key.ts';
import { pgpassPassword } from './pgpass-password.ts';
import { pineconeApiKey } from './pinecone-api-key.ts';
import { postmanApiKey } from './postman-api-key.ts';
import { privateKey } from './private-key.ts';
import { puttyPrivateKey } from './putty-private-key.ts';
import { pypiToken } from './pypi-token.ts';
import { rclonePassword } from './rclone-password.ts';
import { replicateApiToken } from './replicate-api-token.ts';
import { runpodApiKey } from './runpod-api-key.ts';
import { sendgridApiKey } from './sendgrid-api-key.ts';
import { sentryToken } from './sentry-token.ts';
import { shopifyToken } from './shopify-token.ts';
import { skApiKey } from './sk-api-key.ts';
import { slackToken } from './slack-token.ts';
import { slackWebhook } from './slack-webhook.ts';
import { stripeKey } from './stripe-key.ts';
import { supabaseKey } from './supabase-key.ts';
import { tavilyApiKey } from './tavily-api-key.ts';
import { telegramBotToken } from './telegram-bot-token.ts';
import { tencentSecretKey } from './tencent-secret-key.ts';
import { terraformToken } from './terraform-token.ts';
import { togetherApiKey } from './together-api-key.ts';
import { togetherApiKeyLegacy } from './together-api-key-legacy.ts';
import { urlPassword } from './url-password.ts';
import { vastApiKey } from './vast-api-key.ts';
import { vaultToken } from './vault-token.ts';
import { volcengineAccessKey } from './volcengine-access-key.ts';
import { volcengineArkKey } from './volcengine-ark-key.ts';
import { voyageApiKey } from './voyage-api-key.ts';
import { wandbApiKey } from './wandb-api-key.ts';
import { wandbV1ApiKey } from './wandb-v1-api-key.ts';
import { wecomWebhook } from './wecom-webhook.ts';
import { xaiApiKey } from './xai-api-key.ts';
import { zhipuApiKey } from './zhipu-api-key.ts';

/** Every rule Cordon ships, by id. */
export const rules: readonly Rule[] = [
  ageIdentity,
  alibabaAccessKey,
  anthropicApiKey,
  anyscaleToken,
  assemblyaiApiKey,
  atlassianApiToken,
  awsAccessKey,
  awsBedrockApiKey,
  awsSecretKey,
  azureIdentifiableKey,
  azureOpenaiKey,
  azureSas,
  azureStorageKey,
  baiduApiKey,
  cerebrasApiKey,
  cohereApiKey,
  cometApiKey,
  connectionStringPassword,
  databricksToken,
  digitaloceanToken,
  dingtalkSignSecret,
  dingtalkWebhook,
  discordWebhook,
  dockerConfigAuth,
  dockerToken,
  dopplerToken,
  elevenlabsApiKey,
  entraClientSecret,
  feishuWebhook,
  fireworksApiKey,
  genericPassword,
  genericSecret,
  giteeToken,
  githubFineGrainedToken,
  githubToken,
  gitlabToken,
  googleApiKey,
  googleOauthSecret,
  googleServiceAccount,
  grafanaToken,
  groqApiKey,
  httpBasicAuth,
  huggingfaceOauthToken,
  huggingfaceToken,
  jinaApiKey,
  jwt,
  kaggleJson,
  kaggleToken,
  kubeconfigClientKey,
  kubernetesServiceAccountToken,
  lambdaCloudKey,
  langfuseSecretKey,
  langsmithApiKey,
  linearApiKey,
  mailgunApiKey,
  minimaxApiKey,
  mistralApiKey,
  modalToken,
  modelscopeToken,
  netrcPassword,
  newRelicKey,
  notionToken,
  npmToken,
  npmrcAuth,
  nvidiaApiKey,
  openaiApiKey,
  openrouterApiKey,
  perplexityApiKey,
  pgpassPassword,
  pineconeApiKey,
  postmanApiKey,
  privateKey,
  puttyPrivateKey,
  pypiToken,
  rclonePassword,
  replicateApiToken,
  runpodApiKey,
  sendgridApiKey,
  sentryToken,
  shopifyToken,
  skApiKey,
  slackToken,
  slackWebhook,
  stripeKey,
  supabaseKey,
  tavilyApiKey,
  telegramBotToken,
  tencentSecretKey,
  terraformToken,
  togetherApiKey,
  togetherApiKeyLegacy,
  urlPassword,
  vastApiKey,
  vaultToken,
  volcengineAccessKey,
  volcengineArkKey,
  voyageApiKey,
  wandbApiKey,
  wandbV1ApiKey,
  wecomWebhook,
  xaiApiKey,
  zhipuApiKey,
];
