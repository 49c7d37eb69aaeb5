import type { EventKind } from './event.ts';

/**
 * Which class and activity of OCSF 1.8.0 an event of ours is (https://schema.ocsf.io/1.8.0). OCSF has no
 * commit and no register: those are Other of the nearest class, with our own word as `activity_name`.
 */
export interface OcsfActivity {
  readonly className: keyof typeof OCSF_CLASSES;
  readonly activity: number;
  /** The schema's caption of the activity, or our own word where it is 99, Other. */
  readonly activityName: string;
}

export const OCSF_VERSION = '1.8.0';
export const OTHER = 99;

export const OCSF_CLASSES = {
  'File System Activity': { uid: 1001, category: 1, categoryName: 'System Activity' },
  'Event Log Activity': { uid: 1008, category: 1, categoryName: 'System Activity' },
  'Data Security Finding': { uid: 2006, category: 2, categoryName: 'Findings' },
  'Application Lifecycle': { uid: 6002, category: 6, categoryName: 'Application Activity' },
  'File Hosting Activity': { uid: 6006, category: 6, categoryName: 'Application Activity' },
  'Scan Activity': { uid: 6007, category: 6, categoryName: 'Application Activity' },
} as const;

const file = (activity: number, activityName: string): OcsfActivity => ({
  className: 'File System Activity',
  activity,
  activityName,
});
const hosting = (activity: number, activityName: string): OcsfActivity => ({
  className: 'File Hosting Activity',
  activity,
  activityName,
});
const log = (activity: number, activityName: string): OcsfActivity => ({
  className: 'Event Log Activity',
  activity,
  activityName,
});

export const OCSF_ACTIVITIES: Readonly<Record<EventKind, OcsfActivity>> = {
  open: file(14, 'Open'),
  close: file(OTHER, 'Close'),
  // 1001 has no Copy: a copy creates `file_result` out of `file`.
  copy: file(1, 'Create'),
  create: file(1, 'Create'),
  paste: file(3, 'Update'),
  rename: file(5, 'Rename'),
  move: file(5, 'Rename'),
  delete: file(4, 'Delete'),
  summary: file(2, 'Read'),
  'policy-change': file(7, 'Set Security'),
  commit: file(OTHER, 'Commit'),
  register: file(OTHER, 'Register'),
  push: hosting(1, 'Upload'),
  receive: hosting(1, 'Upload'),
  review: hosting(17, 'Access Check'),
  scan: { className: 'Scan Activity', activity: 2, activityName: 'Completed' },
  allow: { className: 'Data Security Finding', activity: 4, activityName: 'Suppressed' },
  posture: { className: 'Application Lifecycle', activity: OTHER, activityName: 'Posture' },
  heartbeat: { className: 'Application Lifecycle', activity: OTHER, activityName: 'Heartbeat' },
  genesis: log(6, 'Start'),
  seal: log(5, 'Rotate'),
  orphan: log(7, 'Stop'),
  export: log(3, 'Export'),
  ship: log(4, 'Archive'),
  moved: log(OTHER, 'Moved'),
};

/** Labels of the default policy as OCSF's confidentiality; a label of another name is Other. */
export const CONFIDENTIALITY: Readonly<Record<string, readonly [id: number, caption: string]>> = {
  public: [1, 'Not Confidential'],
  internal: [5, 'Private'],
  confidential: [2, 'Confidential'],
  restricted: [6, 'Restricted'],
};
