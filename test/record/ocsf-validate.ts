interface Attribute {
  readonly type: string;
  readonly object_type?: string;
  readonly is_array?: boolean | null;
  readonly requirement?: string;
  readonly profiles?: readonly string[] | null;
  readonly enum?: readonly number[] | Readonly<Record<string, unknown>>;
}

interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: {
    readonly at_least_one?: readonly string[];
    readonly just_one?: readonly string[];
  } | null;
}

/** The part of OCSF's exported schema that validation reads; the export itself is of this shape. */
export interface OcsfSchema {
  readonly version: string;
  readonly classes: Readonly<
    Record<string, Shape & { readonly uid?: number; readonly caption: string }>
  >;
  readonly objects: Readonly<Record<string, Shape>>;
}

type Json = Readonly<Record<string, unknown>>;

/** What is wrong with an event by a schema, one sentence each: nothing where it is valid. */
export function validateOcsf(event: Json, schema: OcsfSchema): string[] {
  const uid = event['class_uid'];
  const found = Object.values(schema.classes).find((one) => one.uid === uid);
  if (found === undefined) return [`there is no class ${String(uid)}`];
  const metadata = event['metadata'] as { profiles?: string[]; version?: string } | undefined;
  const problems = checkShape(event, found, schema, new Set(metadata?.profiles), found.caption);
  const activity = Number(event['activity_id']);
  if (event['type_uid'] !== Number(uid) * 100 + activity) problems.push('type_uid does not fit');
  if (event['category_uid'] !== Math.floor(Number(uid) / 1000)) problems.push('wrong category');
  if (event['class_name'] !== found.caption) problems.push(`class_name is not ${found.caption}`);
  if (metadata?.version !== schema.version) problems.push('metadata.version is another');
  return problems;
}

function checkShape(
  value: Json,
  shape: Shape,
  schema: OcsfSchema,
  profiles: ReadonlySet<string>,
  at: string,
): string[] {
  const { attributes, constraints } = shape;
  const applies = ({ profiles: of }: Attribute) =>
    of === undefined || of === null || of.some((profile) => profiles.has(profile));
  const missing = Object.entries(attributes)
    .filter(([, attribute]) => attribute.requirement === 'required' && applies(attribute))
    .filter(([name]) => value[name] === undefined)
    .map(([name]) => `${at}.${name} is missing`);
  const anyOf = constraints?.at_least_one;
  const lacking =
    anyOf !== undefined && !anyOf.some((name) => value[name] !== undefined)
      ? [`${at} has none of ${anyOf.join(', ')}`]
      : [];
  const wrong = Object.entries(value).flatMap(([name, part]) => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (attribute === undefined) return [`${at}.${name} is not in the schema`];
    if (!applies(attribute)) return [`${at}.${name} is of a profile that is not named`];
    return checkValue(part, attribute, schema, profiles, `${at}.${name}`);
  });
  return [...missing, ...lacking, ...wrong];
}

function checkValue(
  value: unknown,
  attribute: Attribute,
  schema: OcsfSchema,
  profiles: ReadonlySet<string>,
  at: string,
): string[] {
  if (attribute.is_array === true) {
    if (!Array.isArray(value)) return [`${at} is no array`];
    const { is_array: _, ...one } = attribute;
    return value.flatMap((part, index) =>
      checkValue(part, one, schema, profiles, `${at}[${index}]`),
    );
  }
  if (attribute.type === 'object_t') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [`${at} is no object`];
    // `object` is OCSF's word for whatever a product adds of its own.
    if (attribute.object_type === 'object') return [];
    const shape = schema.objects[attribute.object_type ?? ''];
    return shape === undefined
      ? [`${at} is of an unknown object`]
      : checkShape(value as Json, shape, schema, profiles, at);
  }
  const isNumber = /^(?:integer|long|timestamp|port)_t$/.test(attribute.type);
  if (isNumber && !Number.isSafeInteger(value)) return [`${at} is no whole number`];
  if (attribute.type === 'boolean_t' && typeof value !== 'boolean') return [`${at} is no boolean`];
  if (!isNumber && attribute.type !== 'boolean_t' && typeof value !== 'string') {
    return [`${at} is no text`];
  }
  if (isNumber && attribute.enum !== undefined && !choices(attribute.enum).has(Number(value))) {
    return [`${at} is ${String(value)}, which is none of its values`];
  }
  return [];
}

const choices = (of: NonNullable<Attribute['enum']>): ReadonlySet<number> =>
  new Set(Array.isArray(of) ? of : Object.keys(of).map(Number));
