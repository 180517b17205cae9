// The frame's flag octet and its size forms (RFC 23 §Framing). Shared by reader and writer.

/** Another frame of the same message follows. */
export const FLAG_MORE = 0x01;
/** The size is an 8-octet number. */
export const FLAG_LONG = 0x02;
/** The frame is a command. */
export const FLAG_COMMAND = 0x04;
/** "Bits 7-3: Reserved … MUST be zero." */
export const FLAGS_RESERVED = 0xf8;

/** Flag octet and 1-octet size. */
export const SHORT_HEADER = 2;
/** Flag octet and 8-octet size. */
export const LONG_HEADER = 9;
/** The largest body that a 1-octet size can name. */
export const SHORT_MAX = 255;
