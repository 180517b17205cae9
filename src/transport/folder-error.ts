// The errors of folders that something was to be made in.

import { explainedError, systemError, type ZmqError } from '../errors.js';
import { quoted } from '../util/bytes.js';

/** @param endpoint what was to be bound there */
export function folderError(error: NodeJS.ErrnoException, folder: string, endpoint?: string): ZmqError {
  const name = quoted(folder);
  switch (error.code) {
    case 'ENOENT': {
      const hint = endpoint?.startsWith('ipc://~')
        ? '; "~" is a name like any other here, write out the home folder'
        : '';
      return explainedError('ENOENT', `the folder ${name} does not exist${hint}`, endpoint);
    }
    case 'ENOTDIR':
    case 'EEXIST':
      return explainedError('ENOTDIR', `${name} is not a folder`, endpoint);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return explainedError('EACCES', `the folder ${name} may not be entered or written to (${error.code})`, endpoint);
    default:
      return systemError(error, endpoint ?? folder);
  }
}
