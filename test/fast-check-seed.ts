import fc from 'fast-check';

// Why: a run that hands work in must say the same of the same code. TEST_SEED=… looks at other cases.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.TEST_SEED ?? 2026) });
