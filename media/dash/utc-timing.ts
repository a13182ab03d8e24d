import { element } from './xml.ts';

/**
 * Where players read the time (ISO/IEC 23009-1 §5.8.4.11): of the server that they play from, relative to the
 * manifest. A time in the manifest itself would make each rendering another.
 */
export const UTC_TIMING = element('UTCTiming', {
  schemeIdUri: 'urn:mpeg:dash:utc:http-iso:2014',
  value: '../../time',
});
