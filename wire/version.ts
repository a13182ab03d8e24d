/** The version of every message and path in this folder. It changes when an old node could misread a new one. */
export const WIRE_VERSION = 3;
