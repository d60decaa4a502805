/** Prints the table of gradients: `npm run gradients`. */
import { generateGradients } from './generate.js';

for (const page of generateGradients().values()) process.stdout.write(page);
