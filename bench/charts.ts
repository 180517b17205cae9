// `npm run bench:charts`: draws bench/charts/ from bench/published/.

import { drawPublished } from './drawing.js';

const names = await drawPublished();
console.log(
  names.length === 0 ? 'Nothing is published yet: npm run bench:publish' : `bench/charts: ${names.join(', ')}`,
);
