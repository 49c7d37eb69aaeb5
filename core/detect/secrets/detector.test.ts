import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../model.ts';
import { drawFrom, fillTemplate } from './case-templates.ts';
import { secretsDetector } from './detector.ts';
import { detectAll, layerOf } from './testing.ts';

const draw = drawFrom('detector');
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const hf = () => `hf_${draw.text(ALNUM, 34)}`;
const github = () => fillTemplate('ghp_{{crc:}}', draw.text(ALNUM, 8)).text;

async function find(text: string | Buffer, form: 'text' | 'binary' = 'text') {
  const { secrets, values } = await detectAll(secretsDetector, layerOf(Buffer.from(text), form));
  return { rules: secrets.map((fact) => fact.rule), values, secrets };
}

describe('where a token stands', () => {
  const token = hf();

  test.each([
    ['JSON in a notebook', `{"source": ["import os\\n", "os.environ['X']='${token}'\\n"]}`],
    ['glued to an escape', `"login\\n${token}\\n"`],
    ['glued to a unicode escape', `"login\\u000a${token}"`],
    ['in a URL', `https://x.co/?a=1%26t%3D${token}%26b=2`],
    ['coloured by a terminal', `\\u001b[32m${token}\\u001b[0m`],
    ['quoted-printable', `t=3D${token}=0A`],
    ['between non-ASCII letters', `密钥${token}密钥`],
    ['behind a byte order mark', `\uFEFF${token}`],
  ])('found: %s', async (_, text) => {
    expect((await find(text)).values).toEqual([token]);
  });

  test.each([
    ['a longer word', `alf${token}`],
    ['base64url', `${draw.text(ALNUM, 60)}${token}`],
  ])('not found: inside %s', async (_, text) => {
    expect((await find(text)).values).toEqual([]);
  });

  // A dictionary {"token": token} as CPython writes it, by protocol: what stands before the string
  // and behind it differs, and behind it is often a letter.
  const size = Buffer.from([token.length, 0, 0, 0]);
  test.each([
    ['0', Buffer.from(`(dp0\nVtoken\np1\nV${token}\np2\ns.`)],
    [
      '1',
      Buffer.concat([
        Buffer.from('}q\0X\x05\0\0\0tokenq\x01X'),
        size,
        Buffer.from(`${token}q\x02s.`),
      ]),
    ],
    [
      '2, not memoised',
      Buffer.concat([
        Buffer.from('\x80\x02}X\x05\0\0\0tokenX', 'latin1'),
        size,
        Buffer.from(`${token}s.`),
      ]),
    ],
    [
      '2, bytes',
      Buffer.from(
        `\x80\x02}U\x05tokenq\x01U${String.fromCharCode(token.length)}${token}q\x02s.`,
        'latin1',
      ),
    ],
    [
      '4',
      Buffer.concat([
        Buffer.from('\x80\x04\x95\x33\0\0\0\0\0\0\0}\x94\x8c\x05token\x94\x8c', 'latin1'),
        size.subarray(0, 1),
        Buffer.from(`${token}\x94s.`, 'latin1'),
      ]),
    ],
  ])('found: a pickle of protocol %s', async (_, pickle) => {
    expect((await find(pickle, 'binary')).values).toEqual([token]);
    expect((await find(pickle, 'text')).values).toEqual([token]);
  });

  test('a token of open length in a pickle ends where its length says', async () => {
    const open = `gsk_${draw.text(ALNUM, 52)}`;
    const anthropic = `sk-ant-api03-${draw.text(ALNUM, 93)}AA`;
    const pickled = (text: string) =>
      Buffer.concat([
        Buffer.from('X'),
        Buffer.from([text.length, 0, 0, 0]),
        Buffer.from(`${text}q\x02`),
      ]);
    const { values } = await find(Buffer.concat([pickled(open), pickled(anthropic)]), 'binary');
    expect(values).toEqual([open, anthropic]);
  });

  test('MessagePack, CBOR and neighbouring fields of a database page', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0x81, 0xa5]),
      Buffer.from('token'),
      Buffer.from([0xd9, 37]),
      Buffer.from(token),
      Buffer.from([0x78, 37]),
      Buffer.from(token),
      Buffer.from([0, 3, 0x17, 0x57]),
      Buffer.from(`alice${token}bob`),
    ]);
    expect((await find(bytes, 'binary')).values).toEqual([token]);
    expect((await find(bytes, 'binary')).secrets).toHaveLength(3);
  });

  test('a text that turns binary further on', async () => {
    const bytes = Buffer.concat([
      Buffer.from('plain head\n'),
      Buffer.from([0x58, 37, 0, 0, 0]),
      Buffer.from(`${token}q\x01`),
    ]);
    expect((await find(bytes)).values).toEqual([token]);
  });
});

describe('what is told', () => {
  test('line and column in UTF-16 units, and the byte offset', async () => {
    const text = `a\n"𝔘é" = ${github()}\n`;
    const [fact] = (await find(text)).secrets;
    expect(fact?.at).toEqual({
      layer: '',
      line: 2,
      column: 9,
      offset: Buffer.byteLength('a\n"𝔘é" = '),
    });
    expect(fact).toMatchObject({ rule: 'github-token', proven: true, severity: 'block' });
  });

  test('the place in the outermost text where the layer was decoded from text', async () => {
    const layer = {
      ...layerOf(Buffer.from(`x\ny ${hf()}`)),
      way: 'base64',
      origin: { line: 7, column: 3 },
    };
    const { secrets } = await detectAll(secretsDetector, layer);
    expect(secrets[0]?.at).toMatchObject({ layer: 'base64', line: 7, column: 3, offset: 4 });
  });

  test('one finding for a pair, and the specific rule over the generic one', async () => {
    const id = `AKIA${draw.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`;
    const secret = draw.text(`${ALNUM}+/`, 40);
    const text = `aws_access_key_id=${id}\naws_secret_access_key=${secret}\n`;
    const { rules, values } = await find(text);
    expect(rules).toEqual(['aws-access-key']);
    expect(values).toEqual([`${id}\n${secret}`]);
    expect((await find(`api_key = "${hf()}"`)).rules).toEqual(['huggingface-token']);
  });

  test('what only warns, or is let through, hides nothing that stands inside it', async () => {
    const token = hf();
    const part = (value: string) => Buffer.from(value).toString('base64url');
    for (const expires of [1_500_000_000, 4_102_444_800]) {
      const claims = part(JSON.stringify({ iss: 'auth.corp', exp: expires }));
      const jwt = `${part('{"alg":"HS256"}')}.${claims}.${draw.text(ALNUM, 24)}-${token}`;
      expect((await find(`t=${jwt}`)).rules).toEqual(['jwt', 'huggingface-token']);
    }
  });

  test('bytes made to look like a length hide nothing', async () => {
    const jwt = fillTemplate('{{jwt:{"iss":"auth.corp","exp":4102444800}}}', 'length').text;
    const bytes = Buffer.concat([Buffer.from([0x8c, 60]), Buffer.from(jwt)]);
    expect((await find(bytes, 'binary')).values).toEqual([jwt]);
  });

  test('a pair that is settled late has the line of its identifier', async () => {
    const id = `LTAI5t${draw.text(ALNUM, 18)}`;
    const text = `a\n${id}\n${'#\n'.repeat(100)}t=${hf()}\n${'#\n'.repeat(100)}s=${draw.text(ALNUM, 30)}\n`;
    const { secrets } = await find(`${'\n'.repeat(262_144 - 300)}${text}${'\n'.repeat(30_000)}`);
    const lines = Object.fromEntries(secrets.map((fact) => [fact.rule, fact.at.line]));
    const first = 262_144 - 300 + 1;
    expect(lines).toEqual({ 'alibaba-access-key': first + 1, 'huggingface-token': first + 102 });
  });

  test('a value seen at two places is two findings of one fingerprint, hashed once', async () => {
    const token = hf();
    const { secrets, values } = await find(`${token}\n${token}\n`);
    expect(secrets.map((fact) => fact.at.line)).toEqual([1, 2]);
    expect(new Set(secrets.map((fact) => fact.fingerprint)).size).toBe(1);
    expect(values).toHaveLength(1);
  });

  test('a decoded layer does not tell again what its own text told', async () => {
    const token = hf();
    const facts: Fact[] = [];
    const context = {
      emit: (fact: Fact) => facts.push(fact) > 0,
      fingerprint: (rule: string) => rule,
      deadline: Infinity,
    };
    const outer = layerOf(Buffer.from(`"\\n${token}"`));
    await secretsDetector.detect(outer, context);
    const decoded = {
      ...layerOf(Buffer.from(`\n${token}`)),
      way: 'json',
      origin: { line: 1, column: 1 },
    };
    await secretsDetector.detect(decoded, context);
    const member = { ...layerOf(Buffer.from(token)), way: 'a.zip!b' };
    await secretsDetector.detect(member, context);
    expect(facts.map((fact) => fact.at.layer)).toEqual(['', 'a.zip!b']);
  });

  test('nor what its raw form told under another rule', async () => {
    const facts: Fact[] = [];
    const context = {
      emit: (fact: Fact) => facts.push(fact) > 0,
      fingerprint: (rule: string) => rule,
      deadline: Infinity,
    };
    const { text } = fillTemplate('client-key-data: {{b64pem:ec}}', 'kube');
    // Whole in memory: done when the call returns, and no promise to wait for.
    expect(secretsDetector.detect(layerOf(Buffer.from(text)), context)).toBeUndefined();
    const pem = Buffer.from(text.slice(text.indexOf(' ') + 1), 'base64');
    const decoded = { ...layerOf(pem), way: 'base64', origin: { line: 1, column: 18 } };
    await secretsDetector.detect(decoded, context);
    expect(facts.map((fact) => 'rule' in fact && fact.rule)).toEqual(['kubeconfig-client-key']);
  });

  test('the fact holds a marker and never the value', async () => {
    const token = github();
    const { secrets } = await find(`t = '${token}' # cordon:allow github-token see ${token}\n`);
    expect(secrets[0]?.marker).toEqual({ reason: 'see …' });
    expect(JSON.stringify(secrets)).not.toContain(token.slice(4, -3));
  });
});

describe('large layers', () => {
  const leaks = [
    `token=${hf()}\n`,
    `k: ${github()} # cordon:allow github-token a reason\n`,
    `${fillTemplate('{{pem:pkcs8}}', 'x').text}\n`,
    `AKIA${draw.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}\n${'# a line\n'.repeat(60)}${draw.text(`${ALNUM}+/`, 40)}\n`,
    `api_key = "sk-ant-api03-${draw.text(ALNUM, 93)}AA"\n`,
    `postgres://svc:${draw.text(ALNUM, 16)}@db.corp.net/x\n`,
  ];
  const line =
    'def forward(self, hidden_states, attention_mask=None): return self.mlp(hidden_states)\n';

  test('searched in pieces they tell what they tell whole, wherever the cuts fall', async () => {
    const step = 1024 * 1024;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...leaks), fc.integer({ min: -6000, max: 300 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (places) => {
          let text = '';
          places.forEach(([leak, shift], i) => {
            const until = (i + 1) * step + shift;
            if (until > text.length)
              text += line
                .repeat(Math.ceil((until - text.length) / line.length))
                .slice(0, until - text.length - 1);
            text += `\n${leak}`;
          });
          const bytes = Buffer.from(text);
          const whole = await detectAll(secretsDetector, layerOf(bytes));
          const pieces = await detectAll(secretsDetector, layerOf(bytes, 'text', false));
          expect(pieces.facts).toEqual(whole.facts);
          expect(whole.secrets.length).toBeGreaterThanOrEqual(places.length);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('what a detector accounted for as payload is left out, its neighbours are not', async () => {
    const before = hf();
    const inside = hf();
    const after = hf();
    const bytes = Buffer.from(`${before}\n${inside}\n${after}\n`);
    const layer = layerOf(bytes, 'text', false);
    layer.skip.push({ start: before.length + 1, end: before.length + 1 + inside.length });
    const { values } = await detectAll(secretsDetector, layer);
    expect(values).toEqual([before, after]);
  });

  test('a deadline in the past is told, not passed over in silence', async () => {
    for (const whole of [true, false]) {
      const facts: Fact[] = [];
      const text = Array.from({ length: 600 }, () => `t=${hf()}`).join('\n');
      await secretsDetector.detect(layerOf(Buffer.from(text), 'text', whole), {
        emit: (fact) => facts.push(fact) > 0,
        fingerprint: () => 'c1:',
        deadline: 0,
      });
      expect(facts).toContainEqual({
        kind: 'uninspected',
        rule: 'time-budget',
        at: { layer: '' },
        detail: 'secrets',
      });
    }
  });

  test('stops where the budget of facts is spent', async () => {
    const text = Array.from({ length: 50 }, () => `t=${hf()}`).join('\n');
    for (const whole of [true, false]) {
      const layer = layerOf(Buffer.from(text), 'text', whole);
      expect((await detectAll(secretsDetector, layer, 10)).facts).toHaveLength(10);
    }
  });
});
