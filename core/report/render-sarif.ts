import type { Finding, NotChecked, Verdict } from '../model.ts';
import { en } from '../messages/index.ts';
import { exitCodeOf, isIncomplete } from './exit-code.ts';

/** What SARIF asks of a tool beside the verdict. */
export interface SarifOptions {
  /** Cordon's own version, such as `0.1.0`. */
  readonly version: string;
}

const ruleIdOf = (finding: Finding): string => `${finding.kind}/${finding.rule}`;

const UNRESERVED = /[A-Za-z0-9_.~-]/;

/** Every byte of a name but the unreserved ones of RFC 3986 as %XX. */
function percentEncode(bytes: Buffer): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return UNRESERVED.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/**
 * A path as a relative URI reference, of its bytes where they are not UTF-8. A colon in its first
 * part would read as a scheme, and a slash before it as a host.
 */
function uriOf(path: string, pathBytes: string | undefined): string {
  const bytes = pathBytes === undefined ? Buffer.from(path) : Buffer.from(pathBytes, 'base64');
  const uri = percentEncode(bytes).replaceAll('%2F', '/');
  return uri.startsWith('/') ? `.${uri}` : uri;
}

/** Lines win: a region that gave both lines and bytes would have to have them agree. */
function regionOf({ line, endLine, column, offset, layer }: Finding) {
  if (line !== undefined) {
    return {
      region: {
        startLine: line,
        ...(column === undefined ? {} : { startColumn: column }),
        ...(endLine === undefined ? {} : { endLine }),
      },
    };
  }
  // An offset within a layer is none within the file.
  return offset === undefined || layer !== undefined ? {} : { region: { byteOffset: offset } };
}

function locationsOf(finding: Finding) {
  const { path, layer, object, commit } = finding;
  const name = [path ?? commit ?? object, layer].filter((part) => part !== undefined).join('!');
  if (path === undefined) {
    return name === '' ? [] : [{ logicalLocations: [{ fullyQualifiedName: name }] }];
  }
  return [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(path, finding.pathBytes), uriBaseId: 'SRCROOT' },
        ...regionOf(finding),
      },
      ...(layer === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
    },
  ];
}

function ruleOf(id: string, findings: readonly Finding[]) {
  const [first] = findings;
  const isBlock = findings.some(({ severity }) => severity === 'block');
  return {
    id,
    name: id.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    ...(first === undefined ? {} : { shortDescription: { text: describeRule(first) } }),
    defaultConfiguration: { level: isBlock ? 'error' : 'warning' },
    properties: { tags: first === undefined ? [] : ['security', first.kind] },
  };
}

function describeRule({ kind, rule }: Finding): string {
  const name = kind === 'secret' ? en.ruleName(rule) : en.formatName(rule);
  return `${en.kinds[kind]}: ${name}.`;
}

function resultOf(finding: Finding, index: ReadonlyMap<string, number>) {
  const { severity, allowed, message, action, fingerprint, label, object, commit, ref } = finding;
  const ruleId = ruleIdOf(finding);
  return {
    ruleId,
    ruleIndex: index.get(ruleId) ?? -1,
    level: allowed !== undefined ? 'note' : severity === 'block' ? 'error' : 'warning',
    message: { text: `${message} ${action}` },
    locations: locationsOf(finding),
    partialFingerprints: { 'cordon/v1': fingerprint },
    // An empty list says that suppressions were looked for and that there is none.
    suppressions:
      allowed === undefined
        ? []
        : [
            {
              kind: allowed.by === 'marker' ? 'inSource' : 'external',
              status: 'accepted',
              justification: allowed.reason,
            },
          ],
    properties: { label, object, commit, ref },
  };
}

function notificationOf({ what, rule, object }: NotChecked) {
  return {
    descriptor: { id: `not-checked/${rule}` },
    level: rule === 'payload' ? 'note' : 'warning',
    message: { text: `Not checked: ${what} (${rule}).` },
    ...(object === undefined ? {} : { properties: { object } }),
  };
}

/** The verdict as SARIF 2.1.0 (OASIS, section 3), with a newline at the end. */
export function renderSarif(verdict: Verdict, options: SarifOptions): string {
  const byRule = new Map<string, Finding[]>();
  for (const finding of verdict.findings) {
    const id = ruleIdOf(finding);
    const alike = byRule.get(id);
    if (alike === undefined) byRule.set(id, [finding]);
    else alike.push(finding);
  }
  const ids = [...byRule.keys()].sort();
  const index = new Map(ids.map((id, at) => [id, at]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cordon',
            version: options.version,
            rules: ids.map((id) => ruleOf(id, byRule.get(id) ?? [])),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !isIncomplete(verdict),
            exitCode: exitCodeOf(verdict),
            toolExecutionNotifications: verdict.coverage.notChecked.map(notificationOf),
          },
        ],
        results: verdict.findings.map((finding) => resultOf(finding, index)),
        properties: { act: verdict.act, verdict: verdict.verdict, policies: verdict.policies },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
