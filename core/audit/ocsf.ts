import type { EventKind, NewEvent } from './event.ts';
import {
  CONFIDENTIALITY,
  OCSF_ACTIVITIES,
  OCSF_CLASSES,
  OCSF_VERSION,
  OTHER,
  type OcsfActivity,
} from './ocsf-classes.ts';
import { isPseudonym } from './pseudonym.ts';
import type { StoredEvent } from './stored-event.ts';

export type OcsfValue =
  | string
  | number
  | boolean
  | readonly OcsfValue[]
  | { readonly [name: string]: OcsfValue };
export type OcsfEvent = Readonly<Record<string, OcsfValue>>;

const PROFILES = ['host', 'security_control'];
const INFORMATIONAL = 1;
const MEDIUM = 3;
const HIGH = 4;

const FOUND: OcsfActivity = {
  className: 'Data Security Finding',
  activity: 1,
  activityName: 'Create',
};
/** A kind that only a later Cordon writes. */
const UNKNOWN = { className: 'Event Log Activity', activity: OTHER } as const;
const knownKinds: Readonly<Record<string, OcsfActivity>> = OCSF_ACTIVITIES;

/**
 * An event as OCSF 1.8.0: the act itself, and a Data Security Finding for each finding. They share
 * `metadata.correlation_uid`, `<w>:<n>`, which names the line of the record they were made from.
 */
export function toOcsf(event: StoredEvent): OcsfEvent[] {
  const act = knownKinds[event.kind] ?? { ...UNKNOWN, activityName: event.kind };
  const isFinding = act.className === 'Data Security Finding';
  const findings = (event.findings ?? []).map((_, index) =>
    findingOf(event, isFinding ? act : FOUND, index + 1),
  );
  if (!isFinding) return [actOf(event, act), ...findings];
  return findings.length > 0 ? findings : [findingOf(event, act, 0)];
}

function actOf(event: StoredEvent, act: OcsfActivity): OcsfEvent {
  const base = {
    ...baseOf(event, act, `${event.w}:${event.n}`, severityOf(event.verdict)),
    ...verdictOf(event.verdict),
    device: deviceOf(event),
    message: messageOf(event),
  };
  switch (act.className) {
    case 'File System Activity':
      return {
        ...base,
        actor: actorOf(event),
        file: fileOf(event),
        ...(event.to !== undefined && { file_result: { ...fileNamed(event.to) } }),
        ...(event.kind === 'summary' && countOf(event)),
      };
    case 'File Hosting Activity':
      return {
        ...base,
        actor: actorOf(event),
        file: fileOf(event),
        src_endpoint: { uid: event.host, type_id: 0 },
        ...(event.to !== undefined && { dst_endpoint: { name: event.to, type_id: 0 } }),
      };
    case 'Scan Activity':
      return { ...base, scan: { name: 'cordon scan', uid: `${event.w}:${event.n}`, type_id: 1 } };
    case 'Application Lifecycle':
      return { ...base, app: productOf(event) };
    case 'Event Log Activity':
      return { ...base, actor: actorOf(event), log_name: 'cordon', log_type_id: 2 };
    case 'Data Security Finding':
      return base;
  }
}

function findingOf(event: StoredEvent, act: OcsfActivity, number: number): OcsfEvent {
  const found = event.findings?.[number - 1];
  const uid = `${event.w}:${event.n}${number === 0 ? '' : `:${number}`}`;
  const isBlock = number > 0 ? found?.severity === 'block' : false;
  const rule = found === undefined ? event.kind : `${found.kind}/${found.rule}`;
  return {
    ...baseOf(event, act, uid, isBlock ? HIGH : number > 0 ? MEDIUM : INFORMATIONAL),
    ...verdictOf(event.verdict),
    is_alert: isBlock,
    status_id: act.activity === 4 ? 3 : 1,
    actor: actorOf(event),
    device: deviceOf(event),
    finding_info: {
      uid: found?.fingerprint ?? uid,
      title: rule,
      types: [found?.kind ?? event.kind],
      analytic: { name: rule, type_id: 1 },
    },
    data_security: {
      detection_system_id: 11,
      data_lifecycle_state_id: lifecycleOf(event.kind),
      ...confidentialityOf(event.label),
      ...(event.policy !== undefined && { policy: { uid: event.policy } }),
    },
    ...(event.path !== undefined && { file: fileOf(event) }),
    message: messageOf(event),
  };
}

function baseOf(event: StoredEvent, act: OcsfActivity, uid: string, severity: number): OcsfEvent {
  const { uid: classUid, category, categoryName } = OCSF_CLASSES[act.className];
  return {
    class_uid: classUid,
    class_name: act.className,
    category_uid: category,
    category_name: categoryName,
    activity_id: act.activity,
    activity_name: act.activityName,
    type_uid: classUid * 100 + act.activity,
    time: event.t,
    severity_id: severity,
    metadata: {
      version: OCSF_VERSION,
      uid,
      correlation_uid: `${event.w}:${event.n}`,
      sequence: event.n,
      product: productOf(event),
      profiles: PROFILES,
      log_name: 'cordon',
      ...(event.label !== undefined && { labels: [event.label] }),
    },
    unmapped: unmappedOf(event),
  };
}

const productOf = ({ version }: StoredEvent): OcsfEvent => ({
  name: 'Cordon',
  vendor_name: 'Cordon',
  version,
});

/** What OCSF has no place for, and the head that ties the export to the line it was made from. */
function unmappedOf(event: StoredEvent): OcsfEvent {
  const { kind, w, n, h, repository, home, policy, object, refs, circumstances, data } = event;
  return {
    kind,
    writer: w,
    number: n,
    head: h,
    ...(repository !== undefined && { repository }),
    ...(home !== undefined && { home }),
    ...(policy !== undefined && { policy }),
    ...(object !== undefined && { object }),
    ...(refs !== undefined && { refs: refs.map(({ name, tip }) => ({ name, tip })) }),
    ...(circumstances !== undefined && { circumstances }),
    ...(data !== undefined && { data }),
    ...(event.clockBack !== undefined && { clock_back: event.clockBack }),
  };
}

function verdictOf(verdict: NewEvent['verdict']): OcsfEvent {
  switch (verdict) {
    case 'allow':
      return { action_id: 1, disposition_id: 1 };
    case 'warn':
      return { action_id: 1, disposition_id: 19 };
    case 'block':
      return { action_id: 2, disposition_id: 2 };
    case undefined:
      return { action_id: 3, disposition_id: 17 };
  }
}

const severityOf = (verdict: NewEvent['verdict']): number =>
  verdict === 'block' ? HIGH : verdict === 'warn' ? MEDIUM : INFORMATIONAL;

function actorOf({ actor }: StoredEvent): OcsfEvent {
  // A pseudonym is an id, not what the person is called.
  return { user: isPseudonym(actor) ? { uid: actor } : { name: actor }, app_name: 'Cordon' };
}

const deviceOf = ({ host }: StoredEvent): OcsfEvent => ({ type_id: 0, uid: host });

function fileOf(event: StoredEvent): OcsfEvent {
  const { path, object, repository, kind, label } = event;
  return {
    ...fileNamed(path ?? object ?? repository ?? kind),
    // Not one file: a commit, a push, a register of many.
    ...(path === undefined && { type_id: OTHER, type: kind }),
    ...(path !== undefined && object !== undefined && { uid: object }),
    ...confidentialityOf(label),
  };
}

function fileNamed(path: string): OcsfEvent {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const ext = /\.([^./]+)$/.exec(name)?.[1];
  return { name: name || path, path, type_id: 1, ...(ext !== undefined && { ext }) };
}

function confidentialityOf(label: string | undefined): OcsfEvent {
  if (label === undefined) return {};
  const known = Object.hasOwn(CONFIDENTIALITY, label) ? CONFIDENTIALITY[label] : undefined;
  const [id, caption] = known ?? [OTHER, label];
  return { confidentiality_id: id, confidentiality: caption };
}

function countOf({ data }: StoredEvent): OcsfEvent {
  const count = data?.['count'];
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? { count } : {};
}

/** 1 at rest, 2 in transit, 3 in use. */
function lifecycleOf(kind: EventKind): number {
  switch (kind) {
    case 'push':
    case 'receive':
      return 2;
    case 'open':
    case 'close':
    case 'copy':
    case 'paste':
    case 'summary':
      return 3;
    case 'rename':
    case 'move':
    case 'delete':
    case 'create':
    case 'commit':
    case 'review':
    case 'scan':
    case 'policy-change':
    case 'allow':
    case 'register':
    case 'posture':
    case 'heartbeat':
    case 'genesis':
    case 'seal':
    case 'orphan':
    case 'export':
    case 'ship':
    case 'moved':
      return 1;
  }
}

const messageOf = ({ kind, verdict }: StoredEvent): string =>
  verdict === undefined ? kind : `${kind}: ${verdict}`;
