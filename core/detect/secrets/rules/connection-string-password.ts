import type { Rule } from '../rule.ts';
import { isPassword } from '../password.ts';

export const connectionStringPassword: Rule = {
  id: 'connection-string-password',
  provider: 'ADO.NET, ODBC, JDBC',
  page: 'https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-string-syntax',
  rank: 'named',
  keywords: ['password=', 'pwd=', 'password ='],
  before: 300,
  after: 460,
  pattern: /(?:password|pwd) {0,2}= {0,2}(?<value>[^\s;"'&<>]{8,128})/i,
  charset: 'visible',
  min: 8,
  max: 128,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ text, start, value }) => {
    const around = text.slice(Math.max(0, start - 280), start + value.length + 280);
    const database =
      /(?:\bserver|data source|\bhost|initial catalog|\bdatabase|\bdbname) {0,2}=|jdbc:/i;
    return database.test(around) && !/[()]/.test(value) && isPassword(value) ? {} : undefined;
  },
  severity: 'block',
};
