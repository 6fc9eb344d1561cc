/** The one door to `@oslojs/encoding`. */
export {
  decodeBase64IgnorePadding,
  decodeBase64urlIgnorePadding,
  encodeBase64NoPadding,
  encodeBase64urlNoPadding,
} from '@oslojs/encoding';
