// The package's folder, apart from the modules that need much more to do their work.

import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
