import { expect, test } from 'vitest';
import type { ExecutableFact } from '../../model.ts';
import {
  op,
  pickleOf,
  tensorsOf,
  writeNpy,
  writePickledArray,
  writeStateDict,
  writeTorchLegacy,
} from '../../../test/support/models.ts';
import { probe, type ProbeOptions } from '../weights/probe.ts';
import { executableDetector } from './detector.ts';

async function graded(content: Buffer, options: ProbeOptions = {}) {
  const { facts } = await probe(executableDetector, content, { form: 'binary', ...options });
  return facts.filter((fact): fact is ExecutableFact => fact.kind === 'executable-model');
}

const command = [op.shortText('id'), op.tuple1] as const;
/** `os.system('id')`, as `__reduce__` writes it. */
const call = [op.shortText('os'), op.shortText('system'), op.stackGlobal, ...command, op.reduce];
const evil = pickleOf(op.proto(4), ...call, op.stop);
const osSystem = { grade: 'danger', rule: 'pickle-global', detail: 'os.system' };

test('a call of the standard library is dangerous, with the place that names it', async () => {
  expect(await graded(evil)).toEqual([
    { kind: 'executable-model', ...osSystem, at: { layer: '', offset: 14 } },
  ]);
});

/** Each names `os.system` in a way that some scanner did not see. */
const dodges: Record<string, Buffer> = {
  'protocol 0 text': Buffer.from("cos\nsystem\n(S'id'\ntR."),
  INST: Buffer.from("(S'id'\nios\nsystem\n."),
  OBJ: pickleOf(op.proto(2), op.mark, op.global('os', 'system'), op.text('id'), op.object, op.stop),
  NEWOBJ: pickleOf(op.proto(2), op.global('os', 'system'), ...command, op.newObject, op.stop),
  NEWOBJ_EX: pickleOf(
    op.proto(4),
    op.global('os', 'system'),
    ...command,
    op.emptyDict,
    op.newObjectEx,
    op.stop,
  ),
  'STACK_GLOBAL fed by BINSTRING': pickleOf(
    op.proto(4),
    op.string('os'),
    op.string('system'),
    op.stackGlobal,
    ...command,
    op.reduce,
    op.stop,
  ),
  'STACK_GLOBAL fed by STRING with escapes': Buffer.concat([
    op.proto(4),
    Buffer.from("S'\\x6f\\163'\nS'system'\n"),
    op.stackGlobal,
    ...command,
    op.reduce,
    op.stop,
  ]),
  'STACK_GLOBAL fed by UNICODE with escapes': Buffer.concat([
    op.proto(4),
    Buffer.from('V\\u006fs\nVsystem\n'),
    op.stackGlobal,
    ...command,
    op.reduce,
    op.stop,
  ]),
  'names through the memo': pickleOf(
    op.proto(4),
    op.shortText('os'),
    op.memoise,
    op.pop,
    op.shortText('system'),
    op.put(7),
    op.pop,
    op.get(0),
    op.get(7),
    op.stackGlobal,
    ...command,
    op.reduce,
    op.stop,
  ),
  'DUP and POP between operands': pickleOf(
    op.proto(4),
    op.shortText('os'),
    op.dup,
    op.pop,
    op.shortText('x'),
    op.pop,
    op.shortText('system'),
    op.stackGlobal,
    ...command,
    op.reduce,
    op.stop,
  ),
  'a result that is popped': pickleOf(op.proto(4), ...call, op.pop, op.none, op.stop),
  'the second stream': pickleOf(writeStateDict([]), evil),
  'the second stream, without PROTO': pickleOf(writeStateDict([]), evil.subarray(2)),
  'the fifth pickle of a legacy file': Buffer.concat([writeTorchLegacy({ tensors: {} }), evil]),
  'no PROTO at all': evil.subarray(2),
  'no STOP': evil.subarray(0, -1),
  'garbage behind the payload': Buffer.concat([evil.subarray(0, -1), Buffer.alloc(64, 0xff)]),
  'a FRAME that lies': pickleOf(op.proto(4), op.frame(2 ** 40), ...call, op.stop),
  '100 KB of padding first': pickleOf(
    op.proto(4),
    ...Array.from({ length: 50_000 }, () => [op.none, op.pop]).flat(),
    ...call,
    op.stop,
  ),
  'bytes inside a harmless pickle': pickleOf(op.proto(4), op.bytes(evil), op.stop),
  'bytes inside bytes': pickleOf(
    op.proto(4),
    op.bytes(pickleOf(op.proto(4), op.bytes(evil), op.stop)),
    op.stop,
  ),
  'an underflow before the call': pickleOf(op.proto(4), op.pop, op.pop, ...call, op.stop),
  'an array of objects': npyOfObjects(evil),
  'opcodes where joblib would read an array': spliced(pickleOf(op.pop, ...call, op.stop)),
  'an array in an array of joblib': spliced(
    spliced(pickleOf(op.pop, ...call, op.stop)).subarray(2),
  ),
  'opcodes in the second of two arrays': spliced(pickleOf(op.none), spliced(pickleOf(...call))),
};

test.each(Object.keys(dodges))('os.system is seen: %s', async (name) => {
  const bytes = dodges[name] ?? Buffer.alloc(0);
  for (const large of [false, true]) {
    expect(await graded(bytes, { large })).toEqual(
      expect.arrayContaining([expect.objectContaining(osSystem)]),
    );
  }
});

test.each([
  [
    'a name from a missing memo entry',
    [op.get(9), op.shortText('system'), op.stackGlobal],
    'pickle-unresolved',
  ],
  [
    'a name that is a number',
    [op.int(1), op.shortText('system'), op.stackGlobal],
    'pickle-unresolved',
  ],
  [
    'a name that a call returns',
    [op.shortText('os'), op.global('_codecs', 'encode'), op.emptyTuple, op.reduce, op.stackGlobal],
    'pickle-unresolved',
  ],
  ['an extension code', [Buffer.from([0x82, 5])], 'pickle-unresolved'],
  [
    'a call of what a call returns',
    [op.global('_codecs', 'encode'), op.emptyTuple, op.reduce, op.emptyTuple, op.reduce],
    'pickle-computed-call',
  ],
  [
    'state set on a class',
    [op.global('collections', 'OrderedDict'), op.emptyDict, op.build],
    'pickle-patched-class',
  ],
])('what cannot be proven is dangerous: %s', async (_, parts, rule) => {
  expect(await graded(pickleOf(op.proto(4), ...parts, op.stop))).toMatchObject([
    { grade: 'danger', rule },
  ]);
});

/** Gadgets that lists of forbidden names met one at a time, and relatives of allowed names. */
const gadgets = [
  'importlib import_module',
  'pkgutil resolve_name',
  'marshal loads',
  'types FunctionType',
  'types CodeType',
  'pydoc locate',
  'operator methodcaller',
  'functools partial',
  'functools reduce',
  'cProfile run',
  'timeit timeit',
  'pdb run',
  'idlelib.run Executive',
  'lib2to3.pgen2.driver load_grammar',
  'numpy.f2py.crackfortran myeval',
  'numpy.testing._private.utils runstring',
  'numpy load',
  'numpy DataSource',
  'numpy.core _ufunc_reconstruct',
  'torch load',
  'torch.hub load',
  'torch.utils.collect_env run',
  'torch.utils.bottleneck.__main__ run_cprofile',
  'torch._dynamo.guards GuardBuilder.get',
  'torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression',
  'torch.nn.modules.module torch.hub.load',
  'collections OrderedDict.fromkeys',
  'asyncio.unix_events _UnixSubprocessTransport._start',
  'multiprocessing.util spawnv_passfds',
  '_posixsubprocess fork_exec',
  'ctypes CDLL',
  'uuid _get_command_stdout',
  '_osx_support _read_output',
  'imaplib IMAP4_stream',
  'distutils.spawn spawn',
  'pip main',
  'venv create',
  'site addsitedir',
  'atexit register',
  '_interpreters run_string',
  'logging FileHandler',
  '_io FileIO',
  'io open',
  'urllib.request urlopen',
  'linecache getline',
  'builtins eval',
  'builtins getattr',
  '__builtin__ exec',
  'builtins __import__',
  'builtins type',
  'posix system',
  'nt system',
  'subprocess Popen',
  'pickle loads',
  '_pickle loads',
  'copyreg __newobj__',
  'sklearn.utils._testing run',
  'joblib.memory load',
  'dill._dill _load_type',
  'cloudpickle.cloudpickle _make_function',
  ' os system',
];

test.each(gadgets)('%s is dangerous', async (gadget) => {
  const cut = gadget.lastIndexOf(' ');
  const [module, name] = [gadget.slice(0, cut), gadget.slice(cut + 1)];
  for (const naming of [
    [op.shortText(module), op.shortText(name), op.stackGlobal],
    [op.global(module, name)],
  ]) {
    const pickle = pickleOf(op.proto(4), ...naming, ...command, op.reduce, op.stop);
    const found = await graded(pickle);
    // A module with a space in its name cannot be known: it is told, if not as the same.
    expect(found).toMatchObject([{ grade: module.startsWith(' ') ? 'unknown' : 'danger' }]);
  }
});

test("a third party's class cannot be proven either way", async () => {
  const named = [op.shortText('my_lab.models'), op.shortText('Transformer'), op.stackGlobal];
  const pickle = pickleOf(op.proto(4), ...named, op.emptyTuple, op.newObject, op.stop);
  expect(await graded(pickle)).toMatchObject([
    { grade: 'unknown', detail: 'my_lab.models.Transformer' },
  ]);
});

test('names that would garble a terminal are shown harmless and short', async () => {
  const named = [op.text(`a\x1b[31m${'b'.repeat(300)}`), op.text('c'), op.stackGlobal];
  const [found] = await graded(pickleOf(op.proto(4), ...named, op.emptyTuple, op.reduce, op.stop));
  expect(found?.detail).toMatch(/^[\x20-\x7e]{1,120}$/);
});

test.each([
  '{"class_name": "Functional", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}}',
  ' {"module":"builtins","class_name":"function","config":{"class_name":"__lambda__","config":{"value":"4wE"}}}',
])('a Keras layer that holds code is dangerous: %s', async (json) => {
  const rule = { grade: 'danger', rule: 'keras-lambda' };
  expect(await graded(Buffer.from(json), { form: 'text' })).toMatchObject([rule]);
  const hdf5 = Buffer.concat([
    Buffer.from('894844460d0a1a0a', 'hex'),
    Buffer.alloc(99),
    Buffer.from(json),
  ]);
  expect(await graded(hdf5)).toMatchObject([rule]);
});

test('other layers, and the word alone, are clean', async () => {
  for (const json of [
    '{"class_name": "Dense"}',
    '{"class_name": "x", "kind": "Lambda"}',
    '{"Runtime": "Lambda"}',
  ]) {
    expect(await graded(Buffer.from(json), { form: 'text' })).toEqual([]);
  }
});

test('what honest tools write is clean', async () => {
  const tensors = tensorsOf(64 * 1024);
  expect(await graded(writeTorchLegacy({ tensors }))).toEqual([]);
  const storage = { name: 'w', storage: 'FloatStorage', shape: [2, 2], elements: 4 };
  expect(await graded(writeStateDict([storage]))).toEqual([]);
  expect(await graded(writePickledArray({ tensor: { shape: [64] } }))).toEqual([]);
  expect(await graded(writeNpy({ tensor: { shape: [64] } }))).toEqual([]);
});

test.each([
  'This is a text about (nothing) in particular.\n',
  'config\nfoo\n(bar)\nR.\n',
  'Import\nSystem\n.',
  'cat\ndog\n.',
  '(defun x ())\n',
  '}\n.\n',
  ']).',
  'I am. You are.\n',
  "S'quoted'\n.",
])('ordinary text is no pickle: %j', async (text) => {
  const { facts } = await probe(executableDetector, Buffer.from(text.repeat(20)));
  expect(facts).toEqual([]);
});

/** An `.npy` with `dtype=object`, of version 3. */
function npyOfObjects(pickle: Buffer): Buffer {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
  const start = Buffer.from('\x93NUMPY\x03\x00\0\0\0\0', 'latin1');
  start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), pickle]);
}

/** joblib's wrapper of an array as large as `opcodes`, which stand in its place. */
function spliced(opcodes: Buffer, rest: Buffer = op.stop): Buffer {
  return pickleOf(
    op.proto(4),
    op.global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    op.emptyTuple,
    op.newObject,
    op.emptyDict,
    op.mark,
    op.shortText('shape'),
    op.int(opcodes.length),
    op.tuple1,
    op.shortText('dtype'),
    op.global('numpy', 'dtype'),
    op.shortText('i1'),
    op.tuple1,
    op.reduce,
    op.setItems,
    op.build,
    opcodes,
    rest,
  );
}
