import { expect, test } from 'vitest';
import type { Fact } from '../../model.ts';
import { weightsByName } from './names.ts';

const opaque: Fact = { kind: 'opaque', rule: 'opaque', at: { layer: '' }, bytes: 5000 };

test.each([
  'model.safetensors',
  'out/Model.GGUF',
  'a\\b\\last.ckpt',
  'pytorch_model.bin',
  'pytorch_model-00001-of-00002.bin',
  'diffusion_pytorch_model.fp16.bin',
  'model.bin',
  'model.onnx_data',
  'model.pt.enc',
  'epoch=3.ckpt.part',
  'weights.h5.1',
  'variables.data-00000-of-00001/model.data-00000-of-00001',
])('%s says weights', (path) => {
  expect(weightsByName(path, [opaque], 5000)).toEqual({
    kind: 'weights',
    rule: 'weights-name',
    at: { layer: '' },
    payloadBytes: 5000,
    evidence: 'name',
  });
});

test.each([
  'firmware.bin',
  'remodel.bin',
  'models.bin',
  'safetensors',
  'docs/gguf/picture.png',
  'a.pt/b.so',
])('%s does not', (path) => {
  expect(weightsByName(path, [opaque], 5000)).toBeUndefined();
});

test('a name counts only where the content could be anything', () => {
  const known: Fact = {
    kind: 'weights',
    rule: 'gguf',
    at: { layer: '' },
    payloadBytes: 1,
    evidence: 'content',
  };
  expect(weightsByName('model.gguf', [], 5000)).toBeUndefined();
  expect(weightsByName('model.gguf', [opaque, known], 5000)).toBeUndefined();
});
