import type { Node } from './document.ts';

/**
 * The part of the schema of ISO/IEC 23009-1 (5th edition) that Headwater's manifests use, written down by hand: the
 * schema file itself is not to be had from a package registry. What is not named here is a violation.
 */
type Shape = {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** In the order in which they must come. */
  readonly children: readonly string[];
};

const SHAPES: Readonly<Record<string, Shape>> = {
  MPD: {
    required: ['xmlns', 'profiles', 'minBufferTime'],
    optional: [
      ...['type', 'availabilityStartTime', 'publishTime', 'mediaPresentationDuration', 'minimumUpdatePeriod'],
      ...['timeShiftBufferDepth', 'suggestedPresentationDelay', 'maxSegmentDuration'],
    ],
    children: ['ServiceDescription', 'Period', 'UTCTiming'],
  },
  ServiceDescription: { required: [], optional: ['id'], children: ['Latency', 'PlaybackRate'] },
  Latency: { required: [], optional: ['referenceId', 'target', 'max', 'min'], children: [] },
  PlaybackRate: { required: [], optional: ['max', 'min'], children: [] },
  UTCTiming: { required: ['schemeIdUri'], optional: ['value'], children: [] },
  Period: { required: [], optional: ['id', 'start', 'duration'], children: ['AdaptationSet'] },
  AdaptationSet: {
    required: [],
    optional: [
      ...['id', 'contentType', 'mimeType', 'lang', 'segmentAlignment', 'startWithSAP'],
      ...['maxWidth', 'maxHeight', 'maxFrameRate'],
    ],
    children: ['Role', 'Representation'],
  },
  Role: { required: ['schemeIdUri'], optional: ['value'], children: [] },
  Representation: {
    required: ['id', 'bandwidth'],
    optional: ['codecs', 'width', 'height', 'frameRate', 'audioSamplingRate'],
    children: ['AudioChannelConfiguration', 'ProducerReferenceTime', 'SegmentTemplate'],
  },
  AudioChannelConfiguration: { required: ['schemeIdUri'], optional: ['value'], children: [] },
  ProducerReferenceTime: {
    required: ['id', 'wallClockTime', 'presentationTime'],
    optional: ['type'],
    children: ['UTCTiming'],
  },
  SegmentTemplate: {
    required: [],
    optional: [
      ...['timescale', 'presentationTimeOffset', 'availabilityTimeOffset', 'availabilityTimeComplete'],
      ...['startNumber', 'initialization', 'media'],
    ],
    children: ['SegmentTimeline'],
  },
  SegmentTimeline: { required: [], optional: [], children: ['S'] },
  S: { required: ['d'], optional: ['t', 'r'], children: [] },
};

const UNSIGNED = /^\d+$/;
const DURATION = /^P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const BOOLEAN = /^(true|false|0|1)$/;
const DOUBLE = /^\d+(\.\d+)?$/;
const FRAME_RATE = /^\d+(\/[1-9]\d*)?$/;

/** The form of an attribute's value; those of an element come before those of all. */
const FORMS: Readonly<Record<string, RegExp>> = {
  ...{ minBufferTime: DURATION, mediaPresentationDuration: DURATION, minimumUpdatePeriod: DURATION },
  ...{ timeShiftBufferDepth: DURATION, suggestedPresentationDelay: DURATION, maxSegmentDuration: DURATION },
  ...{ 'Period@start': DURATION, 'Period@duration': DURATION },
  ...{ availabilityStartTime: DATE_TIME, publishTime: DATE_TIME, wallClockTime: DATE_TIME },
  ...{ xmlns: /^urn:mpeg:dash:schema:mpd:2011$/, 'MPD@type': /^(static|dynamic)$/ },
  ...{ profiles: /^[^\s,]+(,[^\s,]+)*$/, schemeIdUri: /^\S+$/, 'Representation@id': /^\S+$/ },
  ...{
    'AdaptationSet@id': UNSIGNED,
    'ProducerReferenceTime@id': UNSIGNED,
    'ServiceDescription@id': UNSIGNED,
  },
  ...{ 'ProducerReferenceTime@type': /^(encoder|captured|application)$/, presentationTime: UNSIGNED },
  ...{ referenceId: UNSIGNED, target: UNSIGNED, 'Latency@max': UNSIGNED, 'Latency@min': UNSIGNED },
  ...{ 'PlaybackRate@max': DOUBLE, 'PlaybackRate@min': DOUBLE, availabilityTimeOffset: DOUBLE },
  ...{ availabilityTimeComplete: BOOLEAN, segmentAlignment: /^(true|false|\d+)$/, startWithSAP: /^[0-6]$/ },
  ...{ contentType: /^(text|image|audio|video|application|font)$/, mimeType: /^(audio|video)\/mp4$/ },
  ...{ lang: /^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/, codecs: /^[^\s,]+$/, bandwidth: UNSIGNED },
  ...{ width: UNSIGNED, height: UNSIGNED, maxWidth: UNSIGNED, maxHeight: UNSIGNED },
  ...{ frameRate: FRAME_RATE, maxFrameRate: FRAME_RATE, audioSamplingRate: /^\d+( \d+)?$/ },
  ...{ timescale: UNSIGNED, presentationTimeOffset: UNSIGNED, startNumber: UNSIGNED },
  ...{ t: UNSIGNED, d: UNSIGNED, r: /^-?\d+$/ },
};

/** Each way in which an element, or one within it, is not of the schema. */
export function violations(node: Node): readonly string[] {
  const shape = SHAPES[node.name];
  if (shape === undefined) return [`${node.name} is not known`];
  const missing = shape.required.filter((name) => !node.attributes.has(name));
  return [
    ...missing.map((name) => `${node.name} has no @${name}`),
    ...[...node.attributes].flatMap(([name, value]) => attribute(node.name, shape, name, value)),
    ...children(node, shape),
    ...node.children.flatMap(violations),
  ];
}

function attribute(element: string, shape: Shape, name: string, value: string): readonly string[] {
  if (![...shape.required, ...shape.optional].includes(name)) return [`${element} has @${name}`];
  const form = FORMS[`${element}@${name}`] ?? FORMS[name];
  return form === undefined || form.test(value) ? [] : [`${element}@${name} is "${value}"`];
}

function children(node: Node, shape: Shape): readonly string[] {
  let reached = 0;
  return node.children.flatMap(({ name }) => {
    const place = shape.children.indexOf(name);
    if (place < 0) return [`${node.name} holds ${name}`];
    const isLate = place < reached;
    reached = Math.max(reached, place);
    return isLate ? [`${node.name} holds ${name} too late`] : [];
  });
}
