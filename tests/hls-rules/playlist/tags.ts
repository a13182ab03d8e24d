/** Where a tag may stand (§4.4.1 to §4.4.6). */
export type Place = 'any' | 'media' | 'segment' | 'metadata' | 'multivariant';

type AttributeRule = { readonly format: RegExp; readonly required: boolean };

export type TagRule = {
  readonly place: Place;
  /** May stand in a playlist only once. */
  readonly once: boolean;
  /** Nothing, one value, or an attribute list. */
  readonly value: null | RegExp | Readonly<Record<string, AttributeRule>>;
};

const need = (format: RegExp): AttributeRule => ({ format, required: true });
const may = (format: RegExp): AttributeRule => ({ format, required: false });
const oneOf = (...words: readonly string[]) => new RegExp(`^(${words.join('|')})$`);

/** Value types of §4.2. */
const INTEGER = /^[0-9]{1,20}$/;
const FLOAT = /^[0-9]+(\.[0-9]+)?$/;
const SIGNED = /^-?[0-9]+(\.[0-9]+)?$/;
const HEX = /^0[xX][0-9A-Fa-f]+$/;
const QUOTED = /^"[^"\r\n]*"$/;
const URI = /^"[^"\s]+"$/;
const YES = oneOf('YES');
const YES_NO = oneOf('YES', 'NO');
const RANGE = /^"[0-9]+(@[0-9]+)?"$/;
const FULL_RANGE = /^"[0-9]+@[0-9]+"$/;
const ISO_8601 = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)?';
const DATE = new RegExp(`^"${ISO_8601}"$`);
const STABLE_ID = /^"[a-zA-Z0-9+/=._-]+"$/;
const RESOLUTION = /^[1-9][0-9]*x[1-9][0-9]*$/;
const EXTENSION = /^("[^"\r\n]*"|0[xX][0-9A-Fa-f]+|-?[0-9]+(\.[0-9]+)?)$/;

const KEY = {
  METHOD: need(oneOf('NONE', 'AES-128', 'SAMPLE-AES', 'SAMPLE-AES-CTR', 'AES-256-GCM')),
  URI: may(URI),
  IV: may(HEX),
  KEYFORMAT: may(QUOTED),
  KEYFORMATVERSIONS: may(/^"[1-9][0-9]*(\/[1-9][0-9]*)*"$/),
};

/** Attributes of a variant that also those of an I-frame playlist have (§4.4.6.3). */
const VARIANT = {
  BANDWIDTH: need(INTEGER),
  'AVERAGE-BANDWIDTH': may(INTEGER),
  SCORE: may(FLOAT),
  CODECS: may(QUOTED),
  'SUPPLEMENTAL-CODECS': may(QUOTED),
  RESOLUTION: may(RESOLUTION),
  'HDCP-LEVEL': may(oneOf('TYPE-0', 'TYPE-1', 'NONE')),
  'ALLOWED-CPC': may(QUOTED),
  'VIDEO-RANGE': may(oneOf('SDR', 'HLG', 'PQ')),
  'REQ-VIDEO-LAYOUT': may(/^"[^"]+"$/),
  'STABLE-VARIANT-ID': may(STABLE_ID),
  VIDEO: may(QUOTED),
  'PATHWAY-ID': may(QUOTED),
};

const tag = (place: Place, once: boolean, value: TagRule['value'] = null): TagRule => ({
  place,
  once,
  value,
});

/** Every tag that may appear in what Headwater serves, and its syntax. */
export const TAGS: ReadonlyMap<string, TagRule> = new Map<string, TagRule>([
  ['EXTM3U', tag('any', true)],
  ['EXT-X-VERSION', tag('any', true, INTEGER)],
  ['EXT-X-INDEPENDENT-SEGMENTS', tag('any', true)],
  ['EXT-X-START', tag('any', true, { 'TIME-OFFSET': need(SIGNED), PRECISE: may(YES_NO) })],

  ['EXT-X-TARGETDURATION', tag('media', true, INTEGER)],
  ['EXT-X-MEDIA-SEQUENCE', tag('media', true, INTEGER)],
  ['EXT-X-DISCONTINUITY-SEQUENCE', tag('media', true, INTEGER)],
  ['EXT-X-ENDLIST', tag('media', true)],
  ['EXT-X-PLAYLIST-TYPE', tag('media', true, oneOf('EVENT', 'VOD'))],
  ['EXT-X-I-FRAMES-ONLY', tag('media', true)],
  ['EXT-X-PART-INF', tag('media', true, { 'PART-TARGET': need(FLOAT) })],
  [
    'EXT-X-SERVER-CONTROL',
    tag('media', true, {
      'CAN-SKIP-UNTIL': may(FLOAT),
      'CAN-SKIP-DATERANGES': may(YES),
      'HOLD-BACK': may(FLOAT),
      'PART-HOLD-BACK': may(FLOAT),
      'CAN-BLOCK-RELOAD': may(YES),
    }),
  ],

  ['EXTINF', tag('segment', false, /^[0-9]+(\.[0-9]+)?,.*$/)],
  ['EXT-X-BYTERANGE', tag('segment', false, /^[0-9]+(@[0-9]+)?$/)],
  ['EXT-X-DISCONTINUITY', tag('segment', false)],
  ['EXT-X-KEY', tag('segment', false, KEY)],
  ['EXT-X-MAP', tag('segment', false, { URI: need(URI), BYTERANGE: may(FULL_RANGE) })],
  ['EXT-X-PROGRAM-DATE-TIME', tag('segment', false, new RegExp(`^${ISO_8601}$`))],
  ['EXT-X-GAP', tag('segment', false)],
  ['EXT-X-BITRATE', tag('segment', false, INTEGER)],
  [
    'EXT-X-PART',
    tag('segment', false, {
      URI: need(URI),
      DURATION: need(FLOAT),
      INDEPENDENT: may(YES),
      BYTERANGE: may(RANGE),
      GAP: may(YES),
    }),
  ],

  [
    'EXT-X-DATERANGE',
    tag('metadata', false, {
      ID: need(QUOTED),
      CLASS: may(QUOTED),
      'START-DATE': may(DATE),
      CUE: may(/^"(PRE|POST|ONCE)(,(PRE|POST|ONCE))*"$/),
      'END-DATE': may(DATE),
      DURATION: may(FLOAT),
      'PLANNED-DURATION': may(FLOAT),
      'SCTE35-CMD': may(HEX),
      'SCTE35-OUT': may(HEX),
      'SCTE35-IN': may(HEX),
      'END-ON-NEXT': may(YES),
      'X-': may(EXTENSION),
    }),
  ],
  [
    'EXT-X-SKIP',
    tag('metadata', true, {
      'SKIPPED-SEGMENTS': need(INTEGER),
      'RECENTLY-REMOVED-DATERANGES': may(QUOTED),
    }),
  ],
  [
    'EXT-X-PRELOAD-HINT',
    tag('metadata', false, {
      TYPE: need(oneOf('PART', 'MAP')),
      URI: need(URI),
      'BYTERANGE-START': may(INTEGER),
      'BYTERANGE-LENGTH': may(INTEGER),
    }),
  ],
  [
    'EXT-X-RENDITION-REPORT',
    tag('metadata', false, { URI: need(URI), 'LAST-MSN': may(INTEGER), 'LAST-PART': may(INTEGER) }),
  ],

  [
    'EXT-X-MEDIA',
    tag('multivariant', false, {
      TYPE: need(oneOf('AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS')),
      URI: may(URI),
      'GROUP-ID': need(QUOTED),
      LANGUAGE: may(/^"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*"$/),
      'ASSOC-LANGUAGE': may(/^"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*"$/),
      NAME: need(QUOTED),
      'STABLE-RENDITION-ID': may(STABLE_ID),
      DEFAULT: may(YES_NO),
      AUTOSELECT: may(YES_NO),
      FORCED: may(YES_NO),
      'INSTREAM-ID': may(/^"[A-Za-z0-9.]+"$/),
      'BIT-DEPTH': may(INTEGER),
      'SAMPLE-RATE': may(INTEGER),
      CHARACTERISTICS: may(QUOTED),
      CHANNELS: may(/^"[1-9][0-9]*(\/[A-Z0-9,-]*)*"$/),
    }),
  ],
  [
    'EXT-X-STREAM-INF',
    tag('multivariant', false, {
      ...VARIANT,
      'FRAME-RATE': may(/^[0-9]+\.[0-9]{3}$/),
      AUDIO: may(QUOTED),
      SUBTITLES: may(QUOTED),
      'CLOSED-CAPTIONS': may(/^("[^"]*"|NONE)$/),
    }),
  ],
  ['EXT-X-I-FRAME-STREAM-INF', tag('multivariant', false, { ...VARIANT, URI: need(URI) })],
  [
    'EXT-X-CONTENT-STEERING',
    tag('multivariant', true, { 'SERVER-URI': need(URI), 'PATHWAY-ID': may(QUOTED) }),
  ],
]);
