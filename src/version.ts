// Two versions: the one that programs compare with libzmq's, and our own.

/** The level of libzmq whose behaviour this package matches; programs written for zeromq.js compare it with semver. */
export const version = '4.3.5';
/** The version of this package. */
export const packageVersion = '0.1.0';
