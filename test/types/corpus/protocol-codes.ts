import type { EventOfType } from 'zeromq';

export function isZap({ error }: EventOfType<'handshake:error:protocol'>): boolean {
  switch (error.code) {
    case 'ERR_ZAP_UNSPECIFIED':
    case 'ERR_ZAP_MALFORMED_REPLY':
    case 'ERR_ZAP_BAD_REQUEST_ID':
    case 'ERR_ZAP_BAD_VERSION':
    case 'ERR_ZAP_INVALID_STATUS_CODE':
    case 'ERR_ZAP_INVALID_METADATA':
      return true;
    case 'ERR_ZMTP_KEY_EXCHANGE':
    case 'ERR_ZMTP_CRYPTOGRAPHIC':
    case 'ERR_ZMTP_MALFORMED_COMMAND_HELLO':
    case 'ERR_ZMTP_MALFORMED_COMMAND_WELCOME':
    case 'ERR_ZMTP_MALFORMED_COMMAND_INITIATE':
    case 'ERR_ZMTP_MALFORMED_COMMAND_MESSAGE':
      return false;
    default:
      return false;
  }
}
